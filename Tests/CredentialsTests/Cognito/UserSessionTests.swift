// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing

@testable import Credentials

@Suite("Staying signed in")
struct UserSessionTests {
  private let bench: CognitoBench

  init() throws { bench = try CognitoBench() }

  /// A pool that takes each refresh token once.
  private func rotate() {
    let current = Lock(1)
    bench.answer { [clock = bench.clock] operation, input in
      guard operation == "GetTokensFromRefreshToken" else { return .answer(500) }
      let number = current.withLock { current -> Int? in
        guard input["RefreshToken"] == "refresh-\(current)" else { return nil }
        current += 1
        return current
      }
      guard let number else { return CognitoFixtures.failure("RefreshTokenReuseException") }
      return CognitoFixtures.answer(
        CognitoFixtures.result("ada", issued: clock.seconds, groups: ["new"], refresh: "refresh-\(number)"))
    }
  }

  @Test("valid tokens cost no request")
  func valid() async throws {
    try await bench.signIn()
    bench.clock.advance(3_500)
    #expect(try await bench.session().tokens().user.sub == "ada")
    #expect(bench.operations.isEmpty)
  }

  @Test("tokens are refreshed five seconds before their end, and a rotated refresh token is kept")
  func refresh() async throws {
    try await bench.signIn()
    rotate()
    for round in 1...3 {
      bench.clock.advance(3_595)
      #expect(try await bench.session().tokens().user.groups == ["new"])
      #expect(bench.count("GetTokensFromRefreshToken") == round)
      #expect(try await bench.session().store.read().tokens?.refreshToken == "refresh-\(round + 1)")
    }
  }

  @Test("many at once, of several processes, spend one refresh token")
  func concurrent() async throws {
    try await bench.signIn()
    rotate()
    bench.clock.advance(4_000)
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<12 { group.addTask { [bench] in try await bench.session().tokens().accessToken } }
      var tokens: Set<String> = []
      for try await token in group { tokens.insert(token) }
      #expect(tokens.count == 1)
    }
    #expect(bench.count("GetTokensFromRefreshToken") == 1)
  }

  @Test("a caller that is cancelled does not lose the new refresh token")
  func cancelled() async throws {
    try await bench.signIn()
    rotate()
    bench.clock.advance(4_000)
    let session = bench.session()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try? await session.tokens()
    }
    _ = await task.value
    #expect(try await session.store.read().tokens?.refreshToken == "refresh-2")
  }

  @Test("a process that ends waits for the refresh that is in flight")
  func settle() async throws {
    try await bench.signIn()
    let isAsked = Lock(false)
    bench.answer { [clock = bench.clock] _, _ in
      isAsked.withLock { $0 = true }
      // A slow pool: its answer comes when nobody but `settle` waits for it.
      usleep(300_000)
      return CognitoFixtures.answer(CognitoFixtures.result("ada", issued: clock.seconds, refresh: "refresh-2"))
    }
    bench.clock.advance(4_000)
    let session = bench.session()
    let task = Task { try await session.tokens() }
    try await eventually(within: .seconds(20), "the pool is asked") { isAsked.withLock { $0 } }
    await BlockingWork.run { UserSession.settle(seconds: 20) }
    #expect(try await session.store.read().tokens?.refreshToken == "refresh-2")
    _ = try await task.value
  }

  @Test("an outage signs nobody out", arguments: [500, 503, 429, 404, 0])
  func outage(status: Int) async throws {
    try await bench.signIn()
    bench.clock.advance(4_000)
    bench.answer { _, _ in status == 0 ? .hangUp : .answer(status, body: Array("<html>".utf8)) }
    let error = await #expect(throws: CredentialsError.self) { try await bench.session().tokens() }
    #expect(error?.isTransient == (status != 404))
    rotate()
    #expect(try await bench.session().tokens().user.sub == "ada")
  }

  @Test(
    "codes that say nothing of the sign-in end none",
    arguments: [
      "TooManyRequestsException", "InternalErrorException", "ResourceNotFoundException",
      "InvalidParameterException", "UserLambdaValidationException",
    ])
  func otherCodes(code: String) async throws {
    try await bench.signIn()
    bench.clock.advance(4_000)
    bench.answer { _, _ in CognitoFixtures.failure(code) }
    await #expect(throws: CredentialsError.self) { try await bench.session().tokens() }
    #expect(try await bench.session().user() != nil)
  }

  @Test(
    "the pool ends a sign-in",
    arguments: [
      "NotAuthorizedException", "TokenRevokedException", "UserNotFoundException",
      "PasswordResetRequiredException", "UserNotConfirmedException", "RefreshTokenReuseException",
    ])
  func end(code: String) async throws {
    try await bench.signIn()
    bench.clock.advance(4_000)
    bench.answer { _, _ in CognitoFixtures.failure(code, "it is over.") }
    let error = await #expect(throws: CredentialsError.self) { try await bench.session().tokens() }
    #expect(error?.message == "name-of-ada is signed out (\(code): it is over); run pail auth sign-in")
    let after = await #expect(throws: CredentialsError.self) { try await bench.session().tokens() }
    #expect(after?.message == "nobody is signed in; run pail auth sign-in")
  }

  @Test("a server without the newer operation is asked with the older one")
  func olderServer() async throws {
    try await bench.signIn()
    bench.clock.advance(4_000)
    bench.answer { [clock = bench.clock] operation, input in
      if operation == "GetTokensFromRefreshToken" { return CognitoFixtures.failure("UnknownOperationException") }
      guard operation == "InitiateAuth", input["AuthFlow"] == "REFRESH_TOKEN_AUTH" else { return .answer(500) }
      return CognitoFixtures.answer(CognitoFixtures.result("ada", issued: clock.seconds))
    }
    #expect(try await bench.session().tokens().refreshToken == "refresh-1")
  }

  @Test("a clock that is wrong by an hour does no harm", arguments: [3_600, -3_600])
  func drift(seconds: Int64) async throws {
    let json = CognitoFixtures.result("ada", issued: bench.clock.seconds + seconds, refresh: "refresh-1")
    _ = try await bench.session().begin(CognitoFixtures.tokens(json))
    bench.clock.advance(3_500)
    _ = try await bench.session().tokens()
    #expect(bench.operations.isEmpty)
    rotate()
    bench.clock.advance(100)
    _ = try await bench.session().tokens()
    #expect(bench.operations == ["GetTokensFromRefreshToken"])
  }

  @Test("signing out revokes, and forgets also without an answer")
  func signOut() async throws {
    let user = CognitoUser(name: "name-of-ada", sub: "ada", groups: [])
    #expect(try await bench.session().signOut() == .nobody)
    try await bench.signIn()
    bench.answer { operation, input in
      operation == "RevokeToken" && input["Token"] == "refresh-1" && input["ClientId"] == "theclient"
        ? CognitoFixtures.answer("{}") : .answer(400)
    }
    #expect(try await bench.session().signOut() == .done(user))
    #expect(try await bench.session().user() == nil)
    try await bench.signIn()
    bench.answer { _, _ in .hangUp }
    guard case .notRevoked(user, let reason) = try await bench.session().signOut() else {
      Issue.record("revoked without an answer")
      return
    }
    #expect(reason.hasPrefix("no answer"))
    #expect(try await bench.session().user() == nil)
    try await bench.signIn()
    bench.answer { _, _ in CognitoFixtures.failure("NotAuthorizedException") }
    #expect(try await bench.session().signOut() == .done(user))
  }

  @Test("signing out has forgotten before it revokes, and lets others go on meanwhile")
  func signOutOrder() async throws {
    try await bench.signIn()
    let path = bench.session().store.path
    bench.answer { _, _ in
      let lock = open(path + ".lock", O_RDWR)
      defer { close(lock) }
      return access(path, F_OK) != 0 && flock(lock, LOCK_EX | LOCK_NB) == 0
        ? CognitoFixtures.answer("{}") : .answer(400)
    }
    #expect(try await bench.session().signOut() == .done(CognitoUser(name: "name-of-ada", sub: "ada", groups: [])))
  }

  @Test("another user's sign-in ends the one before")
  func replaced() async throws {
    try await bench.signIn("ada", refresh: "refresh-ada")
    bench.answer { operation, input in
      operation == "RevokeToken" && input["Token"] == "refresh-ada" ? CognitoFixtures.answer("{}") : .answer(500)
    }
    try await bench.signIn("bob", refresh: "refresh-bob")
    #expect(bench.operations == ["RevokeToken"])
    #expect(try await bench.session().user()?.sub == "bob")
  }
}
