// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4
import TestSupport
import Testing

@testable import Credentials

@Suite struct MetadataTests {
  private let home: TestHome
  private let fromRole = AWSCredentials(
    accessKeyID: "ASIAROLE", secretAccessKey: "role/secret", sessionToken: "role+token==", expiration: 1_795_276_800)

  init() throws { home = try TestHome() }

  private func askInstance(_ server: ScriptedHTTPServer) async throws -> SourceAnswer {
    try await InstanceMetadata(
      environment: home.environment([
        "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url("/"),
      ]), transport: LocalServices.transport
    ).look()
  }

  private func askContainer(_ variables: [String: String]) async throws -> SourceAnswer {
    try await ContainerCredentials(environment: home.environment(variables), transport: LocalServices.transport).look()
  }

  // MARK: Instance

  @Test func instanceWithARole() async throws {
    let server = try LocalServices.instance()
    defer { server.stop() }
    #expect(try await askInstance(server) == .found(fromRole))
    #expect(server.requests.map(\.method) == ["PUT", "GET", "GET"])
  }

  @Test func instanceWithARoleThatNeedsNoEncoding() async throws {
    let server = try LocalServices.instance(role: "a+b=c,d.e@f-g_h")
    defer { server.stop() }
    #expect(try await askInstance(server) == .found(fromRole))
  }

  @Test func instanceWithoutARole() async throws {
    let server = try LocalServices.instance(role: "")
    defer { server.stop() }
    #expect(try await askInstance(server) == .absent("the instance has no role"))
  }

  @Test func noInstance() async throws {
    let server = try ScriptedHTTPServer { _ in .hangUp }
    server.stop()
    #expect(try await askInstance(server) == .absent("no instance metadata service answers"))
    let other = try ScriptedHTTPServer { _ in .answer(404) }
    defer { other.stop() }
    #expect(try await askInstance(other) == .absent("no instance metadata service answers"))
    #expect(
      try await InstanceMetadata(environment: home.environment(), transport: LocalServices.transport).look()
        == .absent("AWS_EC2_METADATA_DISABLED is true"))
  }

  /// A host that swallows packets: two attempts of one second, then the search is over.
  @Test func silentInstance() async throws {
    let server = try ScriptedHTTPServer { _ in .silence }
    defer { server.stop() }
    let started = ContinuousClock.now
    #expect(try await askInstance(server) == .absent("no instance metadata service answers"))
    let elapsed = started.duration(to: .now)
    #expect(elapsed > .seconds(1.5) && elapsed < .seconds(6))
    #expect(server.requests.count == 2)
  }

  @Test func aMomentsFailureIsTriedAgain() async throws {
    let server = try ScriptedHTTPServer { request in
      request.ordinal % 2 == 1 ? .answer(503) : LocalServices.instanceAnswer(to: request)
    }
    defer { server.stop() }
    #expect(try await askInstance(server) == .found(fromRole))
  }

  @Test(arguments: [
    ("{\"Code\": \"AssumeRoleUnauthorizedAccess\", \"Message\": \"hidden!\"}", "code AssumeRoleUnauthorizedAccess"),
    ("hidden!", "credentials document"), ("{}", "without AccessKeyId"),
  ]) func instanceWithABrokenRole(document: String, expected: String) async throws {
    let server = try LocalServices.instance(document: document)
    defer { server.stop() }
    let error = try await #require(throws: CredentialsError.self) { try await askInstance(server) }
    #expect(error.message.contains(expected))
    #expect(!error.message.contains("hidden!"))
  }

  @Test func refreshAsksTheSameSourceAgain() async throws {
    let server = try LocalServices.instance()
    let clock = TestClock()
    let credentials = DefaultCredentials(
      environment: home.environment([
        "AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url(""),
      ]), transport: LocalServices.transport, now: { clock.seconds })
    #expect(try await credentials.credentials() == fromRole)
    #expect(try await credentials.credentials() == fromRole)
    #expect(server.requests.count == 3)
    server.stop()
    clock.advance(6 * 3_600)
    let error = try await #require(throws: CredentialsError.self) { try await credentials.credentials() }
    #expect(error.isTransient)
    #expect(error.message.contains("no instance metadata service answers"))
  }

  // MARK: Container

  @Test func containerWithATokenInAVariable() async throws {
    let server = try ScriptedHTTPServer { request in
      request.headers["authorization"] == "Basic abc" && request.target == "/v2/credentials?id=1"
        ? .answer(body: Array(LocalServices.document.utf8)) : .answer(403)
    }
    defer { server.stop() }
    let url = server.url("/v2/credentials?id=1")
    #expect(
      try await askContainer([
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic abc",
      ]) == .found(fromRole))
    let error = try await #require(throws: CredentialsError.self) {
      try await askContainer(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
    }
    #expect(error.message == "the container's credentials endpoint answered with status 403")
    #expect(!error.isTransient)
  }

  @Test func containerWithATokenInAFileThatIsReplaced() async throws {
    let server = try ScriptedHTTPServer { _ in .answer(body: Array(LocalServices.document.utf8)) }
    defer { server.stop() }
    let variables = [
      "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/"),
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": try home.write("token", "first\n"),
      "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not used",
    ]
    #expect(try await askContainer(variables) == .found(fromRole))
    try home.write("token", "second")
    #expect(try await askContainer(variables) == .found(fromRole))
    #expect(server.requests.map { $0.headers["authorization"] } == ["first", "second"])
    try home.write("token", "")
    let error = try await #require(throws: CredentialsError.self) { try await askContainer(variables) }
    #expect(error.message == "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE holds no token")
  }

  @Test func aTokenCannotForgeAHeader() async throws {
    let error = try await #require(throws: CredentialsError.self) {
      try await askContainer([
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nx: y",
      ])
    }
    #expect(error.message == "AWS_CONTAINER_AUTHORIZATION_TOKEN holds a line break")
  }

  @Test func containerThatIsDown() async throws {
    let server = try ScriptedHTTPServer { _ in .answer(500) }
    defer { server.stop() }
    let error = try await #require(throws: CredentialsError.self) {
      try await askContainer(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/")])
    }
    #expect(error.isTransient)
    #expect(server.requests.count == 2)
  }

  @Test func anAnswerWithoutEnd() async throws {
    let server = try ScriptedHTTPServer { _ in .answer(body: [UInt8](repeating: 0x20, count: 70_000)) }
    defer { server.stop() }
    let error = try await #require(throws: CredentialsError.self) {
      try await askContainer(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url("/")])
    }
    #expect(error.message.contains("gave no answer"))
    #expect(!error.isTransient)
  }
}
