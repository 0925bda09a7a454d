// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Locking
import Logging
import SigV4
import TestSupport
import Testing

@testable import AmplifyOutputs
@testable import Credentials

/// Signing in to a user pool that checks proofs, and the credentials of its identity pool on an S3 that checks roles.
@Suite("A real user pool")
struct CognitoMinistackTests {
  /// Answers from a list, in order.
  private final class Answers: SignInDialogue {
    let asked = Lock<[SignInQuestion]>([])
    private let words: @Sendable (SignInQuestion) async throws -> String?

    init(_ words: @escaping @Sendable (SignInQuestion) async throws -> String? = { _ in nil }) { self.words = words }

    func answer(_ question: SignInQuestion) async throws(CredentialsError) -> Secret? {
      asked.withLock { $0.append(question) }
      do { return try await words(question).map { Secret($0) } } catch { throw CredentialsError("\(error)") }
    }
  }

  private let home: TestHome
  private let password = "Correct-horse-9ä"

  init() throws { home = try TestHome() }

  private func settings(_ pool: TestUserPool) throws -> CognitoSettings {
    try CognitoSettings(
      auth: AmplifyOutputs.Auth(
        region: pool.server.region, userPoolID: pool.userPoolID, userPoolClientID: pool.clientID,
        identityPoolID: pool.identityPoolID, allowsGuests: pool.allowsGuests, groups: []),
      environment: home.environment([
        "AWS_ENDPOINT_URL": pool.server.endpoint, "XDG_STATE_HOME": home.path("state"),
      ]))
  }

  private static let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }

  private func signIn(
    _ pool: TestUserPool, _ user: String = "ada", password: String? = nil, options: SignInOptions = SignInOptions(),
    dialogue: Answers = Answers(), transport: any HTTPTransport = LocalServices.transport
  ) async throws -> CognitoUser {
    try await SignIn(settings: settings(pool), transport: transport, now: Self.now).run(
      user: user, password: Secret(password ?? self.password), options: options, dialogue: dialogue)
  }

  private func session(_ pool: TestUserPool, ahead: Int64 = 0) throws -> UserSession {
    UserSession(
      settings: try settings(pool), transport: LocalServices.transport, now: { Self.now() + ahead })
  }

  @Test("a password is proved; groups are told; a wrong one is refused")
  func srp() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: password, groups: ["admin", "staff"])
    let user = try await signIn(pool)
    #expect(user.name == "ada" && user.groups == ["admin", "staff"])
    for (name, word) in [("ada", "wrong"), ("nobody", password)] {
      let error = await #expect(throws: CredentialsError.self) { try await signIn(pool, name, password: word) }
      #expect(error?.message == "the user name or the password is wrong")
    }
    // The failed ones have changed nothing.
    #expect(try await session(pool).user() == user)
    let flow = await #expect(throws: CredentialsError.self) {
      try await signIn(pool, options: SignInOptions(flow: .password))
    }
    #expect(flow?.message == "the app client does not allow this way to sign in; try --flow srp")
  }

  @Test("many users prove many passwords")
  func manyProofs() async throws {
    let pool = try await TestUserPool()
    for number in 0..<12 {
      try await pool.addUser("user-\(number)", password: "\(password)-\(number)")
      #expect(try await signIn(pool, "user-\(number)", password: "\(password)-\(number)").name == "user-\(number)")
    }
  }

  @Test("a password is sent where that is allowed")
  func passwordFlow() async throws {
    let pool = try await TestUserPool(flows: ["ALLOW_USER_PASSWORD_AUTH"])
    try await pool.addUser("ada", password: password)
    let options = SignInOptions(flow: .password)
    #expect(try await signIn(pool, options: options).name == "ada")
    let wrong = await #expect(throws: CredentialsError.self) {
      try await signIn(pool, password: "wrong", options: options)
    }
    #expect(wrong?.message == "the user name or the password is wrong")
    let srp = await #expect(throws: CredentialsError.self) { try await signIn(pool) }
    #expect(srp?.message == "the app client does not allow this way to sign in; try --flow password")
  }

  @Test("a temporary password is replaced")
  func newPassword() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: "Temporary-1", isTemporary: true)
    let silent = await #expect(throws: CredentialsError.self) { try await signIn(pool, password: "Temporary-1") }
    #expect(silent?.message.hasPrefix("the user pool wants a new password") == true)
    let dialogue = Answers { [password] in $0 == .newPassword(refusal: nil) ? password : nil }
    #expect(try await signIn(pool, password: "Temporary-1", dialogue: dialogue).name == "ada")
    #expect(try await signIn(pool).name == "ada")
    await #expect(throws: CredentialsError.self) { try await signIn(pool, password: "Temporary-1") }
  }

  @Test("a code is asked for; a wrong one twice does no harm")
  func codes() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: password)
    _ = try await signIn(pool)
    let secret = try await pool.setUpCodes(accessToken: session(pool).tokens().accessToken, user: "ada")
    let dialogue = Answers { question in
      switch question {
      case .code(.totp, _, isAgain: false): "000000"
      case .code(.totp, _, isAgain: true): try await TestUserPool.code(secret)
      default: nil
      }
    }
    #expect(try await signIn(pool, dialogue: dialogue).name == "ada")
    #expect(dialogue.asked.withLock { $0.count } == 2)
    let wrong = await #expect(throws: CredentialsError.self) {
      try await signIn(pool, dialogue: Answers { _ in "000000" })
    }
    #expect(wrong?.message == "the code is wrong")
    let silent = await #expect(throws: CredentialsError.self) { try await signIn(pool) }
    #expect(silent?.message.contains("add --code CODE") == true)
  }

  @Test("tokens are refreshed until they are revoked")
  func refresh() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: password)
    _ = try await signIn(pool)
    let first = try await session(pool).tokens()
    #expect(try await session(pool).tokens() == first)
    let second = try await session(pool, ahead: 3_600).tokens()
    #expect(second.accessToken != first.accessToken && second.refreshToken == first.refreshToken)
    let client = UserPoolClient(try settings(pool), transport: LocalServices.transport)
    try await client.revoke(second.refreshToken)
    let ended = await #expect(throws: CredentialsError.self) { try await session(pool, ahead: 9_000).tokens() }
    #expect(ended?.message.hasPrefix("ada is signed out (NotAuthorizedException") == true)
    #expect(try await session(pool).user() == nil)
  }

  @Test("signing out makes the refresh token useless")
  func signOut() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: password)
    let user = try await signIn(pool)
    let tokens = try await session(pool).tokens()
    #expect(try await session(pool).signOut() == .done(user))
    let client = UserPoolClient(try settings(pool), transport: LocalServices.transport)
    let error = await #expect(throws: ServiceFailure.self) {
      try await client.refresh(tokens.refreshToken, deviceKey: nil)
    }
    #expect(error?.code == "NotAuthorizedException")
  }

  @Test("a user and a guest have the roles of their identities")
  func roles() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: password)
    let bucket = try await BlockingWork.run { try pool.server.createBucket() }
    try await pool.makeRoles(bucket: bucket, guestPrefix: "public/", userPrefix: "private/")
    func put(_ access: CognitoAccess, _ key: String) async throws -> Int {
      let provider = CognitoCredentials(
        settings: try settings(pool), access: access, transport: LocalServices.transport, now: Self.now)
      let host = "127.0.0.1:\(pool.server.port)"
      let path = "/\(bucket)/\(key)"
      let headers = Signer(service: "s3", region: pool.server.region).sign(
        SignableRequest(method: "PUT", host: host, path: path, headers: [], payload: .of([])),
        with: try await provider.credentials(), at: Self.now())
      return try await LocalServices.transport.perform(
        HTTPRequest(method: .put, url: "http://\(host)\(path)", headers: HTTPHeaders(headers))
      ).status
    }
    #expect(try await put(.automatic, "public/a") == 200)
    #expect(try await put(.automatic, "private/a") == 403)
    _ = try await signIn(pool)
    #expect(try await put(.automatic, "private/a") == 200)
    #expect(try await put(.automatic, "public/a") == 403)
    #expect(try await put(.guest, "public/b") == 200)
  }

  @Test("the same user has the same identity on every machine, a guest another one")
  func identities() async throws {
    let pool = try await TestUserPool()
    try await pool.addUser("ada", password: password)
    _ = try await signIn(pool)
    func provider(_ access: CognitoAccess) throws -> CognitoCredentials {
      CognitoCredentials(
        settings: try settings(pool), access: access, transport: LocalServices.transport, now: Self.now)
    }
    let user = try await provider(.automatic).identity()
    let guest = try await provider(.guest).identity()
    #expect(user.identityID != guest.identityID && user.user?.name == "ada" && guest.user == nil)
    let other = try CognitoMinistackTests()
    _ = try await other.signIn(pool)
    let again = CognitoCredentials(
      settings: try other.settings(pool), access: .signedIn, transport: LocalServices.transport, now: Self.now)
    #expect(try await again.identity() == user)
  }

  @Test("no secret is in the log at its most verbose")
  func logs() async throws {
    let pool = try await TestUserPool(flows: ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"])
    try await pool.addUser("ada", password: password)
    let lines = Lock<[String]>([])
    let transport = CurlTransport(logger: Logger(label: "test", factory: { _ in RecordingLog(lines: lines) }))
    for flow in SignInOptions.Flow.allCases {
      _ = try await signIn(pool, options: SignInOptions(flow: flow), transport: transport)
    }
    let settings = try settings(pool)
    let tokens = try await UserSession(
      settings: settings, transport: transport, now: { Self.now() + 7_200 }
    ).tokens()
    let credentials = try await CognitoCredentials(
      settings: settings, access: .automatic, transport: transport, now: Self.now
    ).credentials()
    _ = try await UserSession(settings: settings, transport: transport, now: Self.now).signOut()
    let log = lines.withLock { $0.joined(separator: "\n") }
    #expect(log.contains("HTTP request"))
    let secrets = [
      password, tokens.accessToken, tokens.idToken, tokens.refreshToken, credentials.secretAccessKey,
      try #require(credentials.sessionToken),
    ]
    for secret in secrets { #expect(!log.contains(secret)) }
  }

  private struct RecordingLog: LogHandler {
    let lines: Lock<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(lines: Lock<[String]>) { self.lines = lines }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") } }
  }
}
