// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Locking
import SigV4
import TestSupport
import Testing

@testable import Credentials

@Suite("Credentials of an identity")
struct CognitoCredentialsTests {
  private let bench: CognitoBench
  private let issuer = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123"

  init() throws { bench = try CognitoBench() }

  /// Pools that know one user identity, and a new guest identity for each that asks.
  private func open(expiring lifetime: Int64 = 3_600, missing: Set<String> = []) {
    let guests = Lock(0)
    bench.answer { [clock = bench.clock] operation, input in
      let isGuest = input["Logins"] == nil
      switch operation {
      case "GetId":
        let number = guests.withLock { guests in
          guests += isGuest ? 1 : 0
          return guests
        }
        return CognitoFixtures.answer(#"{"IdentityId": "eu-west-1:\#(isGuest ? "guest-\(number)" : "user")"}"#)
      case "GetCredentialsForIdentity":
        let identity = input["IdentityId"] ?? ""
        if missing.contains(identity) { return CognitoFixtures.failure("ResourceNotFoundException") }
        return CognitoFixtures.answer(
          """
          {"IdentityId": "\(identity)", "Credentials": {"AccessKeyId": "ASIA\(identity)", "SecretKey": "secret",
           "SessionToken": "token", "Expiration": \(clock.seconds + lifetime).75}}
          """)
      case "RevokeToken": return CognitoFixtures.answer("{}")
      default: return .answer(500)
      }
    }
  }

  @Test("of a user: the token goes to the identity pool")
  func user() async throws {
    open()
    try await bench.signIn()
    let provider = bench.credentials()
    let expected = AWSCredentials(
      accessKeyID: "ASIAeu-west-1:user", secretAccessKey: "secret", sessionToken: "token",
      expiration: bench.clock.seconds + 3_600)
    #expect(try await provider.credentials() == expected)
    #expect(
      try await provider.identity()
        == CognitoIdentity(
          identityID: "eu-west-1:user", user: CognitoUser(name: "name-of-ada", sub: "ada", groups: [])))
    #expect(bench.operations == ["GetId", "GetCredentialsForIdentity"])
    let body = String(decoding: try #require(bench.server.requests.first).body, as: UTF8.self)
    #expect(body.contains(issuer.replacingOccurrences(of: "/", with: "\\/")) || body.contains(issuer))
    #expect(bench.server.requests.allSatisfy { $0.headers["authorization"] == nil })
    // The next process knows the identity.
    _ = try await bench.credentials().credentials()
    #expect(bench.count("GetId") == 1)
  }

  @Test("of a guest, who stays the same one")
  func guest() async throws {
    open()
    let identity = try await bench.credentials().identity()
    #expect(identity == CognitoIdentity(identityID: "eu-west-1:guest-1", user: nil))
    #expect(try await bench.credentials().credentials().accessKeyID == "ASIAeu-west-1:guest-1")
    try await bench.signIn()
    #expect(try await bench.credentials(.guest).identity().identityID == "eu-west-1:guest-1")
    #expect(try await bench.credentials(.automatic).identity().identityID == "eu-west-1:user")
    _ = try await bench.session().signOut()
    #expect(try await bench.credentials().identity().identityID == "eu-west-1:guest-1")
    #expect(bench.count("GetId") == 2)
  }

  @Test("of guests that start at once: one guest")
  func guestsAtOnce() async throws {
    open()
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { [bench] in try await bench.credentials().identity().identityID } }
      for try await identity in group { #expect(identity == "eu-west-1:guest-1") }
    }
  }

  @Test("of nobody, where guests are not allowed or not wanted")
  func nobody() async throws {
    let closed = try CognitoBench(allowsGuests: false)
    for (bench, access) in [(closed, CognitoAccess.automatic), (bench, .signedIn)] {
      let error = await #expect(throws: CredentialsError.self) { try await bench.credentials(access).credentials() }
      #expect(error == CredentialsError("nobody is signed in; run pail auth sign-in"))
    }
    let guest = await #expect(throws: CredentialsError.self) { try await closed.credentials(.guest).credentials() }
    #expect(guest?.message == "the project allows no guests; run pail auth sign-in")
  }

  @Test("of an identity that is gone: another one is asked for")
  func goneIdentity() async throws {
    open()
    _ = try await bench.credentials().credentials()
    open(missing: ["eu-west-1:guest-1"])
    bench.answer { [clock = bench.clock] operation, input in
      if operation == "GetId" { return CognitoFixtures.answer(#"{"IdentityId": "eu-west-1:new"}"#) }
      if input["IdentityId"] != "eu-west-1:new" { return CognitoFixtures.failure("ResourceNotFoundException") }
      return CognitoFixtures.answer(
        """
        {"Credentials": {"AccessKeyId": "ASIANEW", "SecretKey": "s", "Expiration": \(clock.seconds + 3_600)}}
        """)
    }
    #expect(try await bench.credentials().credentials().accessKeyID == "ASIANEW")
    #expect(try await bench.credentials().identity().identityID == "eu-west-1:new")
  }

  @Test("a mount does not go on as somebody else")
  func pinned() async throws {
    open()
    try await bench.signIn("ada")
    let provider = bench.credentials()
    _ = try await provider.credentials()
    _ = try await bench.session().signOut()
    bench.clock.advance(CognitoCredentials.lookInterval)
    for _ in 0..<2 {
      let error = await #expect(throws: CredentialsError.self) { try await provider.credentials() }
      #expect(error?.message == "name-of-ada has signed out; run pail auth sign-in")
    }
    try await bench.signIn("bob")
    let other = await #expect(throws: CredentialsError.self) { try await provider.credentials() }
    #expect(
      other?.message == "name-of-bob has signed in instead of name-of-ada: sign in as name-of-ada, or mount again")
    try await bench.signIn("ada")
    _ = try await provider.credentials()
    #expect(try await provider.userTokens().user.sub == "ada")
  }

  @Test("a guest's mount stays a guest's after a sign-in")
  func pinnedGuest() async throws {
    open(expiring: 400)
    let provider = bench.credentials()
    #expect(try await provider.credentials().accessKeyID == "ASIAeu-west-1:guest-1")
    try await bench.signIn()
    bench.clock.advance(500)
    #expect(try await provider.credentials().accessKeyID == "ASIAeu-west-1:guest-1")
    await #expect(throws: CredentialsError.self) { try await provider.userTokens() }
  }

  @Test("an identity that is replaced under a mount is an error, since its folder is another one")
  func replacedIdentity() async throws {
    open(expiring: 400)
    let provider = bench.credentials()
    _ = try await provider.credentials()
    open(missing: ["eu-west-1:guest-1"])
    bench.answer { [clock = bench.clock] operation, input in
      if operation == "GetId" { return CognitoFixtures.answer(#"{"IdentityId": "eu-west-1:new"}"#) }
      if input["IdentityId"] != "eu-west-1:new" { return CognitoFixtures.failure("ResourceNotFoundException") }
      return CognitoFixtures.answer(
        """
        {"Credentials": {"AccessKeyId": "ASIANEW", "SecretKey": "s", "Expiration": \(clock.seconds + 3_600)}}
        """)
    }
    bench.clock.advance(500)
    let error = await #expect(throws: CredentialsError.self) { try await provider.credentials() }
    #expect(
      error?.message == "the identity pool has replaced identity eu-west-1:guest-1 by eu-west-1:new: mount again")
  }

  @Test("are refreshed for days")
  func days() async throws {
    open()
    let provider = bench.credentials()
    for _ in 0..<96 {
      bench.clock.advance(3_600)
      let credentials = try await provider.credentials()
      #expect(credentials.expiration ?? 0 > bench.clock.seconds)
    }
    #expect(bench.count("GetId") == 1)
  }

  /// By a clock that has been set since.
  @Test("a token that the identity pool refuses is refreshed, once, though it seems valid")
  func refusedToken() async throws {
    try await bench.signIn()
    let allowed = Lock(false)
    bench.answer { [clock = bench.clock] operation, _ in
      switch operation {
      case "GetId": return CognitoFixtures.answer(#"{"IdentityId": "eu-west-1:user"}"#)
      case "GetTokensFromRefreshToken":
        allowed.withLock { $0.toggle() }
        return CognitoFixtures.answer(CognitoFixtures.result("ada", issued: clock.seconds, lifetime: 7_200))
      default:
        guard allowed.withLock({ $0 }) else {
          return CognitoFixtures.failure("NotAuthorizedException", "Token expired")
        }
        return CognitoFixtures.answer(
          #"{"Credentials": {"AccessKeyId": "ASIA", "SecretKey": "s", "Expiration": \#(clock.seconds + 3_600)}}"#)
      }
    }
    #expect(try await bench.credentials().credentials().accessKeyID == "ASIA")
    #expect(
      bench.operations == [
        "GetId", "GetCredentialsForIdentity", "GetTokensFromRefreshToken", "GetCredentialsForIdentity",
      ])
  }

  @Test("a pool that refuses all tokens does not cost a refresh each time")
  func refusedTokens() async throws {
    try await bench.signIn()
    bench.answer { [clock = bench.clock] operation, _ in
      switch operation {
      case "GetId": return CognitoFixtures.answer(#"{"IdentityId": "eu-west-1:user"}"#)
      case "GetTokensFromRefreshToken":
        return CognitoFixtures.answer(CognitoFixtures.result("ada", issued: clock.seconds, lifetime: 7_200))
      default: return CognitoFixtures.failure("NotAuthorizedException", "no role")
      }
    }
    let provider = bench.credentials()
    for _ in 0..<3 {
      let error = await #expect(throws: CredentialsError.self) { try await provider.credentials() }
      #expect(error?.message == "the identity pool: NotAuthorizedException: no role")
    }
    #expect(bench.count("GetTokensFromRefreshToken") == 1)
  }

  @Test("end by this machine's clock, as the tokens tell the pools' one", arguments: [7_200, -7_200, 0])
  func drift(seconds: Int64) async throws {
    let json = CognitoFixtures.result("ada", issued: bench.clock.seconds + seconds, refresh: "refresh-1")
    _ = try await bench.session().begin(CognitoFixtures.tokens(json))
    open(expiring: 3_600 + seconds)
    #expect(try await bench.credentials().credentials().expiration == bench.clock.seconds + 3_600)
  }

  @Test("are not taken for ended because this machine's clock has been set")
  func staleDrift() async throws {
    let json = CognitoFixtures.result("ada", issued: bench.clock.seconds + 7_200, refresh: "refresh-1")
    _ = try await bench.session().begin(CognitoFixtures.tokens(json))
    open()
    #expect(try await bench.credentials().credentials().expiration == bench.clock.seconds + 3_600)
  }

  @Test("refusals and silence of the identity pool are told apart")
  func failures() async throws {
    bench.answer { _, _ in CognitoFixtures.failure("NotAuthorizedException", "Unauthenticated access is not supported.")
    }
    let refused = await #expect(throws: CredentialsError.self) { try await bench.credentials().credentials() }
    #expect(
      refused
        == CredentialsError("the identity pool: NotAuthorizedException: Unauthenticated access is not supported"))
    bench.answer { _, _ in .hangUp }
    let silent = await #expect(throws: CredentialsError.self) { try await bench.credentials().credentials() }
    #expect(silent?.isTransient == true)
  }
}
