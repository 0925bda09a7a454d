// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4
import TestSupport
import Testing

@testable import Credentials

/// What is sent to STS and what becomes of its answers. `MinistackTests` has one that verifies signatures.
@Suite struct SecurityTokenServiceTests {
  private let role = AssumedRole(arn: "arn:aws:iam::1:role/a b", sessionName: "me", externalID: "x&y", duration: 900)
  private let source = AWSCredentials(accessKeyID: "AKIA", secretAccessKey: "s")
  private let result = AWSCredentials(
    accessKeyID: "ASIASTS", secretAccessKey: "s/&+", sessionToken: "t<==", expiration: 1_795_258_800)

  private func service(_ server: ScriptedHTTPServer) throws -> SecurityTokenService {
    try SecurityTokenService(
      region: "eu-west-1", endpoint: server.url(""), transport: LocalServices.transport, now: LocalServices.now)
  }

  @Test func assumeRole() async throws {
    let server = try ScriptedHTTPServer { _ in LocalServices.tokenService() }
    defer { server.stop() }
    #expect(try await service(server).assumeRole(role, with: source) == result)
    let request = try #require(server.requests.first)
    #expect(request.method == "POST")
    #expect(request.target == "/")
    #expect(request.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8")
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "Action=AssumeRole&DurationSeconds=900&ExternalId=x%26y&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b"
        + "&RoleSessionName=me&Version=2011-06-15")
    #expect(
      request.headers["authorization"]?.hasPrefix(
        "AWS4-HMAC-SHA256 Credential=AKIA/20261121/eu-west-1/sts/aws4_request, SignedHeaders=") == true)
  }

  @Test func webIdentityIsNotSigned() async throws {
    let server = try ScriptedHTTPServer { _ in LocalServices.tokenService() }
    defer { server.stop() }
    #expect(
      try await service(server).assumeRole(AssumedRole(arn: "arn:r"), webIdentityToken: "jwt") == result)
    let request = try #require(server.requests.first)
    #expect(request.headers["authorization"] == nil)
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == "Action=AssumeRoleWithWebIdentity&RoleArn=arn%3Ar&RoleSessionName=pail-1795255200&Version=2011-06-15"
        + "&WebIdentityToken=jwt")
  }

  @Test(arguments: [
    (500, "", 3, true), (503, "", 3, true), (429, "", 3, true), (400, "Throttling", 3, true),
    (400, "IDPCommunicationError", 3, true), (403, "AccessDenied", 1, false), (400, "ExpiredTokenException", 1, false),
    (302, "", 1, false),
  ]) func refusals(status: Int, code: String, attempts: Int, isTransient: Bool) async throws {
    let server = try ScriptedHTTPServer { _ in
      .answer(
        status,
        body: Array(
          "<ErrorResponse><Error><Code>\(code)</Code><Message>not\nyou</Message></Error></ErrorResponse>".utf8))
    }
    defer { server.stop() }
    let error = try await #require(throws: CredentialsError.self) {
      try await service(server).assumeRole(role, with: source)
    }
    #expect(
      error.message == "AssumeRole of arn:aws:iam::1:role/a b: STS answered \(status) \(code): not")
    #expect(error.isTransient == isTransient)
    #expect(server.requests.count == attempts)
  }

  @Test func aSecondAttemptCanSucceed() async throws {
    let server = try ScriptedHTTPServer { request in
      request.ordinal == 1 ? .answer(503) : LocalServices.tokenService()
    }
    defer { server.stop() }
    #expect(try await service(server).assumeRole(role, with: source) == result)
  }

  @Test(arguments: ["", "<html>", "<AccessKeyId>A</AccessKeyId>"]) func strangeAnswers(body: String) async throws {
    let server = try ScriptedHTTPServer { _ in .answer(body: Array(body.utf8)) }
    defer { server.stop() }
    let error = try await #require(throws: CredentialsError.self) {
      try await service(server).assumeRole(role, with: source)
    }
    #expect(error.message.hasSuffix("STS answered without credentials"))
  }

  @Test(
    arguments: [
      (nil, nil, "https://sts.amazonaws.com/", "us-east-1"),
      ("eu-west-1", nil, "https://sts.eu-west-1.amazonaws.com/", "eu-west-1"),
      ("cn-north-1", nil, "https://sts.cn-north-1.amazonaws.com.cn/", "cn-north-1"),
      ("eu-west-1", "http://127.0.0.1:1/sts", "http://127.0.0.1:1/sts", "eu-west-1"),
    ] as [(String?, String?, String, String)]) func endpoints(
      region: String?, override: String?, url: String, signingRegion: String
    ) throws
  {
    let service = try SecurityTokenService(
      region: region, endpoint: override, transport: LocalServices.transport, now: LocalServices.now)
    #expect(service.endpoint.url == url)
    #expect(service.region == signingRegion)
  }

  @Test func aRoleOfARole() async throws {
    let home = try TestHome()
    let server = try ScriptedHTTPServer { request in
      LocalServices.tokenService(
        name: String(decoding: request.body, as: UTF8.self).contains("inner") ? "ASIAINNER" : "ASIAOUTER")
    }
    defer { server.stop() }
    try home.write(
      ".aws/config",
      """
      [profile outer]
      role_arn = arn:outer
      source_profile = inner
      endpoint_url = \(server.url(""))
      region = eu-north-1
      [profile inner]
      role_arn = arn:inner
      credential_source = Environment
      """)
    let credentials = DefaultCredentials(
      profile: "outer", environment: home.environment(["AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"]),
      transport: LocalServices.transport, now: LocalServices.now)
    #expect(try await credentials.credentials().accessKeyID == "ASIAOUTER")
    let signers = server.requests.map { $0.headers["authorization"]?.split(separator: "/").first.map(String.init) }
    #expect(signers == ["AWS4-HMAC-SHA256 Credential=AKIA", "AWS4-HMAC-SHA256 Credential=ASIAINNER"])
    #expect(server.requests.last?.headers["x-amz-security-token"] == "t<==")
    #expect(server.requests.first?.headers["authorization"]?.contains("/eu-north-1/sts/") == true)
  }
}
