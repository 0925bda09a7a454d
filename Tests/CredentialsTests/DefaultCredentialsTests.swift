// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import SigV4
import TestSupport
import Testing

/// The order of the sources, with real files and real servers.
@Suite struct DefaultCredentialsTests {
  private let home: TestHome

  init() throws { home = try TestHome() }

  private func find(_ variables: [String: String], profile: String? = nil) async throws -> AWSCredentials {
    try await DefaultCredentials(
      profile: profile, environment: home.environment(variables), transport: LocalServices.transport,
      now: LocalServices.now
    ).credentials()
  }

  private func message(_ variables: [String: String], profile: String? = nil) async throws -> String {
    let error = try await #require(throws: CredentialsError.self) { try await find(variables, profile: profile) }
    #expect(!error.message.contains("\n"))
    return error.message
  }

  @Test func everySourceComesInItsTurn() async throws {
    let instance = try LocalServices.instance()
    defer { instance.stop() }
    let container = try ScriptedHTTPServer { _ in
      .answer(body: Array(LocalServices.document.replacing("ASIAROLE", with: "ASIACONTAINER").utf8))
    }
    defer { container.stop() }
    let tokenService = try ScriptedHTTPServer { _ in LocalServices.tokenService() }
    defer { tokenService.stop() }
    var variables = [
      "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url("/"),
      "AWS_ENDPOINT_URL_STS": tokenService.url(""),
    ]
    #expect(try await find(variables).accessKeyID == "ASIAROLE")
    variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = container.url("/creds")
    #expect(try await find(variables).accessKeyID == "ASIACONTAINER")
    variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = try home.write("token", "jwt")
    variables["AWS_ROLE_ARN"] = "arn:r"
    #expect(try await find(variables).accessKeyID == "ASIASTS")
    // A default profile without credentials does not stop the search.
    try home.write(".aws/config", "[default]\nregion = eu-west-1\n[profile work]\ncredential_process = unused")
    #expect(try await find(variables).accessKeyID == "ASIASTS")
    try home.write(
      ".aws/credentials",
      "[default]\naws_access_key_id = DEFAULT\naws_secret_access_key = s\n"
        + "[work]\naws_access_key_id = WORK\naws_secret_access_key = s\n")
    #expect(try await find(variables).accessKeyID == "DEFAULT")
    variables["AWS_PROFILE"] = "work"
    #expect(try await find(variables).accessKeyID == "WORK")
    variables["AWS_ACCESS_KEY_ID"] = "VARIABLE"
    variables["AWS_SECRET_ACCESS_KEY"] = "s"
    #expect(try await find(variables) == AWSCredentials(accessKeyID: "VARIABLE", secretAccessKey: "s"))
    variables["AWS_SESSION_TOKEN"] = "t"
    #expect(
      try await find(variables) == AWSCredentials(accessKeyID: "VARIABLE", secretAccessKey: "s", sessionToken: "t"))
    #expect(try await find(variables, profile: "default").accessKeyID == "DEFAULT")
  }

  @Test func nothingConfigured() async throws {
    #expect(
      try await message([:])
        == "no credentials (AWS_ACCESS_KEY_ID is not set; there is no default profile; "
        + "AWS_WEB_IDENTITY_TOKEN_FILE is not set; AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set; "
        + "AWS_EC2_METADATA_DISABLED is true): "
        + "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile")
  }

  @Test func aBrokenSourceEndsTheSearch() async throws {
    let instance = try LocalServices.instance()
    defer { instance.stop() }
    let base = [
      "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url(""),
    ]
    func with(_ variables: [String: String]) -> [String: String] { base.merging(variables) { $1 } }
    #expect(try await message(with(["AWS_ACCESS_KEY_ID": "A"])).contains("AWS_SECRET_ACCESS_KEY is not"))
    #expect(
      try await message(with(["AWS_SECRET_ACCESS_KEY": "hidden!"]))
        == "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not")
    #expect(try await message(with(["AWS_PROFILE": "gone"])).contains("profile 'gone'"))
    #expect(try await message(with(["AWS_WEB_IDENTITY_TOKEN_FILE": "/t"])).contains("AWS_ROLE_ARN is not"))
    #expect(
      try await message(with(["AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere", "AWS_ROLE_ARN": "r"]))
        == "AWS_WEB_IDENTITY_TOKEN_FILE: /nowhere cannot be read (no such file)")
    #expect(
      try await message(with(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"])).contains("must be https"))
    #expect(try await message(with(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "x"])).contains("begin with /"))
    #expect(instance.requests.isEmpty)
  }

  @Test func aProfileThatWasNamedIsTheOnlySource() async throws {
    try home.write(".aws/config", "[profile empty]\nregion = x\n[profile sso]\nsso_session = corp")
    let keys = ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S"]
    #expect(
      try await message(keys, profile: "empty")
        == "no credentials (profile 'empty' has no credentials): "
        + "add keys, credential_process or role_arn to profile 'empty', or name another with --profile")
    #expect(try await message(keys, profile: "gone").contains("profile 'gone' is neither in"))
    #expect(try await message(keys, profile: "sso").contains("aws configure export-credentials --profile sso"))
  }

  @Test func typosInTheFilesAreNamed() async throws {
    try home.write(".aws/credentials", "[default\naws_access_key_id = A\naws_secret_access_key = hidden!\n")
    let message = try await message([:])
    #expect(message.contains("there is no default profile (\(home.path(".aws/credentials")) line 1 is not"))
    #expect(!message.contains("hidden!"))
  }

  /// Keys that the user renews in the file take effect without a remount.
  @Test func filesAreReadAnewAfterARejection() async throws {
    try home.write(".aws/credentials", "[default]\naws_access_key_id = A\naws_secret_access_key = s\n")
    let clock = TestClock()
    let credentials = DefaultCredentials(
      environment: home.environment(), transport: LocalServices.transport, now: { clock.seconds })
    let first = try await credentials.credentials()
    try home.write(".aws/credentials", "[default]\naws_access_key_id = B\naws_secret_access_key = s\n")
    #expect(try await credentials.credentials().accessKeyID == "A")
    clock.advance(60)
    await credentials.invalidate(first)
    #expect(try await credentials.credentials().accessKeyID == "B")
  }

  @Test func processOfAProfile() async throws {
    let script = try home.writeScript(
      "get", "echo '{\"Version\": 1, \"AccessKeyId\": \"FROMPROCESS\", \"SecretAccessKey\": \"S\"}'")
    try home.write(".aws/config", "[profile p]\ncredential_process = \(script) # a comment")
    #expect(try await find([:], profile: "p").accessKeyID == "FROMPROCESS")
  }
}
