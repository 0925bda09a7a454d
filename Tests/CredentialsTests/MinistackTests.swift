// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import SigV4
import TestSupport
import Testing

@testable import Credentials

/// Roles from an STS that verifies signatures, trust policies and tokens, used on an S3 that verifies them too.
@Suite struct MinistackTests {
  private let server: TestServer
  private let home: TestHome
  private let user: AWSCredentials
  private let name = "role-" + UUID().uuidString.lowercased()
  private var arn: String { "arn:aws:iam::000000000000:role/\(name)" }

  init() throws {
    server = try Ministack.shared()
    home = try TestHome()
    user = AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)
  }

  @Test func roleOfAProfile() async throws {
    try await makeRole(
      """
      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
       "Condition": {"StringEquals": {"sts:ExternalId": "the & id"}}}]}
      """)
    try home.write(
      ".aws/credentials",
      "[user]\naws_access_key_id = \(user.accessKeyID)\naws_secret_access_key = \(user.secretAccessKey)\n"
        + "[stranger]\naws_access_key_id = \(user.accessKeyID)\naws_secret_access_key = wrong\n")
    func profile(_ source: String, _ externalID: String) -> String {
      "role_arn = \(arn)\nsource_profile = \(source)\nexternal_id = \(externalID)\nduration_seconds = 900\n"
    }
    try home.write(
      ".aws/config",
      "[profile right]\n\(profile("user", "the & id"))[profile wrong]\n\(profile("user", "another"))"
        + "[profile forged]\n\(profile("stranger", "the & id"))")
    let credentials = try await find(profile: "right")
    #expect(credentials.sessionToken != nil)
    let remaining = try #require(credentials.expiration) - now()
    #expect(remaining > 800 && remaining <= 900)
    try await expectAccepted(credentials)
    for profile in ["wrong", "forged"] {
      let error = try await #require(throws: CredentialsError.self) { try await find(profile: profile) }
      #expect(error.message.hasPrefix("AssumeRole of \(arn): STS answered 403 "), "\(error)")
      #expect(!error.isTransient)
    }
  }

  @Test func webIdentity() async throws {
    let pool = try await cognito(
      "CreateIdentityPool", ["IdentityPoolName": name, "AllowUnauthenticatedIdentities": true], "IdentityPoolId")
    let identity = try await cognito("GetId", ["IdentityPoolId": pool], "IdentityId")
    let token = try await cognito("GetOpenIdToken", ["IdentityId": identity], "Token")
    try await makeRole(
      """
      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
       "Principal": {"Federated": "cognito-identity.amazonaws.com"},
       "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "\(pool)"}}}]}
      """)
    var variables = [
      "AWS_WEB_IDENTITY_TOKEN_FILE": try home.write("token", token + "\n"), "AWS_ROLE_ARN": arn,
      "AWS_ROLE_SESSION_NAME": "a-pod",
    ]
    try await expectAccepted(try await find(variables))
    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = try home.write("other", "not.a.token")
    let error = try await #require(throws: CredentialsError.self) { try await find(variables) }
    #expect(error.message.contains("STS answered 403 AccessDenied"), "\(error)")
  }

  // MARK: Calls

  private let now: @Sendable () -> Int64 = { Int64(time(nil)) }

  private func find(_ variables: [String: String] = [:], profile: String? = nil) async throws -> AWSCredentials {
    let environment = home.environment(
      ["AWS_ENDPOINT_URL": server.endpoint, "AWS_REGION": server.region].merging(variables) { $1 })
    return try await DefaultCredentials(
      profile: profile, environment: environment, transport: LocalServices.transport, now: now
    ).credentials()
  }

  /// Lists the buckets, signed in the headers and in the query; and once with another secret.
  private func expectAccepted(_ credentials: AWSCredentials) async throws {
    #expect(try await call("s3", .get, "", [], credentials).status == 200)
    let query = Signer(service: "s3", region: server.region).presign(
      SignableRequest(method: "GET", host: host, path: "/", payload: .unsigned), with: credentials, at: now(),
      expiresIn: 60)
    let presigned = try await LocalServices.transport.perform(
      HTTPRequest(method: .get, url: "\(server.endpoint)/?\(query)"))
    #expect(presigned.status == 200)
    let forged = AWSCredentials(
      accessKeyID: credentials.accessKeyID, secretAccessKey: "forged", sessionToken: credentials.sessionToken)
    #expect(try await call("s3", .get, "", [], forged).status == 403)
  }

  private var host: String { "127.0.0.1:\(server.port)" }

  private func call(
    _ service: String, _ method: HTTPMethod, _ body: String, _ headers: [(name: String, value: String)],
    _ credentials: AWSCredentials
  ) async throws -> HTTPResponse {
    let bytes = Array(body.utf8)
    let added = Signer(service: service, region: server.region).sign(
      SignableRequest(method: method.rawValue, host: host, path: "/", headers: headers, payload: .of(bytes)),
      with: credentials, at: now())
    return try await LocalServices.transport.perform(
      HTTPRequest(
        method: method, url: server.endpoint + "/", headers: HTTPHeaders(headers + added),
        body: bytes.isEmpty ? .empty : .bytes(bytes)))
  }

  private func makeRole(_ trust: String) async throws {
    let access = """
      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
      """
    for form in [
      [("Action", "CreateRole"), ("RoleName", name), ("AssumeRolePolicyDocument", trust), ("Version", "2010-05-08")],
      [
        ("Action", "PutRolePolicy"), ("RoleName", name), ("PolicyName", "all"), ("PolicyDocument", access),
        ("Version", "2010-05-08"),
      ],
    ] {
      let response = try await call(
        "iam", .post, URIEncoding.query(form.map { (name: $0.0, value: $0.1) }),
        [("content-type", "application/x-www-form-urlencoded")], user)
      try #require(response.status == 200, "\(String(decoding: response.body, as: UTF8.self))")
    }
  }

  private func cognito(_ operation: String, _ input: [String: Any], _ member: String) async throws -> String {
    let body = String(decoding: try JSONSerialization.data(withJSONObject: input), as: UTF8.self)
    let response = try await call(
      "cognito-identity", .post, body,
      [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AWSCognitoIdentityService.\(operation)")], user
    )
    let text = String(decoding: response.body, as: UTF8.self)
    try #require(response.status == 200, "\(text)")
    let answer = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
    return try #require(answer?[member] as? String, "\(text)")
  }
}
