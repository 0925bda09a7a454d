// SPDX-License-Identifier: Apache-2.0
//
// A user pool and an identity pool of their own on the shared ministack, as the tools of Amplify make them.
//
// State: on the server, which ends with the test process. Any task may call. What can go wrong: the server refuses, in its words.
// ministack does not check the signature of its root key, so requests name it and are not signed.

import Foundation
import HTTPTransport
import Logging

package struct TestUserPool: Sendable {
  package let server: TestServer
  package let userPoolID: String
  package let clientID: String
  package let identityPoolID: String
  package let allowsGuests: Bool

  private static let transport = CurlTransport(
    logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))

  /// - Parameters:
  ///   - flows: how users may sign in, besides refreshing.
  ///   - tokenSeconds: how long access and id tokens live.
  package init(
    flows: [String] = ["ALLOW_USER_SRP_AUTH"], allowsGuests: Bool = true, tokenSeconds: Int = 3_600
  ) async throws {
    let server = try await BlockingWork.run { try Ministack.shared() }
    self.server = server
    self.allowsGuests = allowsGuests
    userPoolID = try await TestUserPool.call(server, "cognito-idp", "CreateUserPool", ["PoolName": "app"])
      .text("UserPool", "Id")
    clientID = try await TestUserPool.call(
      server, "cognito-idp", "CreateUserPoolClient",
      [
        "UserPoolId": userPoolID, "ClientName": "app", "ExplicitAuthFlows": flows + ["ALLOW_REFRESH_TOKEN_AUTH"],
        "AccessTokenValidity": tokenSeconds, "IdTokenValidity": tokenSeconds,
        "TokenValidityUnits": ["AccessToken": "seconds", "IdToken": "seconds"],
      ]
    ).text("UserPoolClient", "ClientId")
    identityPoolID = try await TestUserPool.call(
      server, "cognito-identity", "CreateIdentityPool",
      [
        "IdentityPoolName": "app", "AllowUnauthenticatedIdentities": allowsGuests,
        "CognitoIdentityProviders": [
          ["ProviderName": "cognito-idp.\(server.region).amazonaws.com/\(userPoolID)", "ClientId": clientID]
        ],
      ]
    ).text("IdentityPoolId")
  }

  /// The file that an app's developer has.
  package var outputs: String {
    """
    {"version": "1.4", "auth": {"aws_region": "\(server.region)", "user_pool_id": "\(userPoolID)",
     "user_pool_client_id": "\(clientID)", "identity_pool_id": "\(identityPoolID)",
     "unauthenticated_identities_enabled": \(allowsGuests)}}
    """
  }

  /// - Parameter isTemporary: the user must choose another one at the first sign-in.
  package func addUser(
    _ name: String, password: String, isTemporary: Bool = false, groups: [String] = []
  ) async throws {
    try await idp(
      "AdminCreateUser", ["Username": name, "TemporaryPassword": password, "MessageAction": "SUPPRESS"])
    if !isTemporary {
      try await idp("AdminSetUserPassword", ["Username": name, "Password": password, "Permanent": true])
    }
    for group in groups {
      _ = try? await idp("CreateGroup", ["GroupName": group])
      try await idp("AdminAddUserToGroup", ["Username": name, "GroupName": group])
    }
  }

  /// Makes the pool ask the user for codes; returns the secret that they are made of.
  package func setUpCodes(accessToken: String, user: String) async throws -> String {
    try await idp(
      "SetUserPoolMfaConfig",
      ["MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": ["Enabled": true]])
    let secret = try await idp("AssociateSoftwareToken", ["AccessToken": accessToken]).text("SecretCode")
    try await idp(
      "VerifySoftwareToken", ["AccessToken": accessToken, "UserCode": try await TestUserPool.code(secret)])
    return secret
  }

  /// The code of an authenticator app now (RFC 6238).
  package static func code(_ secret: String) async throws -> String {
    let program = """
      import base64, hmac, struct, sys, time
      mac = hmac.new(base64.b32decode(sys.argv[1]), struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
      start = mac[-1] & 15
      print("%06d" % ((struct.unpack(">I", mac[start:start + 4])[0] & 0x7fffffff) % 10**6))
      """
    return try await Shell.run("python3", ["-c", program, secret]).line
  }

  /// Gives the roles of guests and users everything below a prefix of a bucket.
  package func makeRoles(bucket: String, guestPrefix: String, userPrefix: String) async throws {
    var roles: [String: String] = [:]
    for (kind, prefix) in [("unauthenticated", guestPrefix), ("authenticated", userPrefix)] {
      let name = "\(kind)-\(UUID().uuidString.lowercased())"
      let trust = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
         "Principal": {"Federated": "cognito-identity.amazonaws.com"}}]}
        """
      let access = """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
         "Resource": "arn:aws:s3:::\(bucket)/\(prefix)*"}]}
        """
      try await iam(["Action": "CreateRole", "RoleName": name, "AssumeRolePolicyDocument": trust])
      try await iam([
        "Action": "PutRolePolicy", "RoleName": name, "PolicyName": "access", "PolicyDocument": access,
      ])
      roles[kind] = "arn:aws:iam::000000000000:role/\(name)"
    }
    _ = try await TestUserPool.call(
      server, "cognito-identity", "SetIdentityPoolRoles", ["IdentityPoolId": identityPoolID, "Roles": roles])
  }

  /// An operation on the user pool.
  @discardableResult
  package func idp(_ operation: String, _ input: [String: any Sendable]) async throws -> Answer {
    try await TestUserPool.call(
      server, "cognito-idp", operation, input.merging(["UserPoolId": userPoolID]) { own, _ in own })
  }

  /// A document by names of its members.
  package struct Answer: Sendable {
    let body: [UInt8]

    package func text(_ path: String...) throws -> String {
      var value: Any? = try JSONSerialization.jsonObject(with: Data(body))
      for name in path { value = (value as? [String: Any])?[name] }
      guard let text = value as? String else {
        throw TestSupportError("\(path.joined(separator: ".")) is missing: \(String(decoding: body, as: UTF8.self))")
      }
      return text
    }
  }

  private static func call(
    _ server: TestServer, _ service: String, _ operation: String, _ input: [String: any Sendable]
  ) async throws -> Answer {
    let target =
      service == "cognito-idp" ? "AWSCognitoIdentityProviderService" : "AWSCognitoIdentityService"
    return try await send(
      server, service, [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "\(target).\(operation)")],
      try JSONSerialization.data(withJSONObject: input))
  }

  private func iam(_ parameters: [String: String]) async throws {
    var form = URLComponents()
    form.queryItems = (parameters.merging(["Version": "2010-05-08"]) { $1 }).map { URLQueryItem(name: $0, value: $1) }
    let body = (form.percentEncodedQuery ?? "").replacingOccurrences(of: "+", with: "%2B")
    _ = try await TestUserPool.send(
      server, "iam", [("content-type", "application/x-www-form-urlencoded")], Data(body.utf8))
  }

  private static func send(
    _ server: TestServer, _ service: String, _ headers: [(name: String, value: String)], _ body: Data
  ) async throws -> Answer {
    let date = ISO8601DateFormatter().string(from: Date()).prefix(10).replacingOccurrences(of: "-", with: "")
    let authorization =
      "AWS4-HMAC-SHA256 Credential=test/\(date)/\(server.region)/\(service)/aws4_request, SignedHeaders=host, "
      + "Signature=00"
    let response = try await transport.perform(
      HTTPRequest(
        method: .post, url: server.endpoint + "/", headers: HTTPHeaders(headers + [("authorization", authorization)]),
        body: .bytes([UInt8](body))))
    guard response.status == 200 else {
      throw TestSupportError("\(service): \(response.status) \(String(decoding: response.body, as: UTF8.self))")
    }
    return Answer(body: response.body)
  }
}
