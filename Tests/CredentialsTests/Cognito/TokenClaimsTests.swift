// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Credentials

@Suite("Tokens")
struct TokenClaimsTests {
  @Test("say who it is and until when")
  func claims() throws {
    let token = CognitoFixtures.token("ada", name: "Ada", issued: 1_000, lifetime: 60, groups: ["admin", "staff"])
    let claims = try #require(TokenClaims(token))
    #expect(claims.subject == "ada" && claims.name == "Ada" && claims.groups == ["admin", "staff"])
    #expect(claims.issued == 1_000 && claims.expires == 1_060)
  }

  @Test("that are none are nothing", arguments: ["", "a", "a.b", "a.b.c", "a.e30.c", "a.e30.c.d", "a.!!!!.c", "..."])
  func malformed(text: String) { #expect(TokenClaims(text) == nil) }

  @Test("are not used in their last five seconds, by the pool's clock")
  func validity() throws {
    // The pool's clock is 100 s ahead.
    let json = CognitoFixtures.result("ada", issued: 1_100, lifetime: 60, refresh: "r")
    let tokens = try #require(UserTokens(CognitoFixtures.tokens(json), now: 1_000))
    #expect(tokens.clockDrift == 100 && tokens.expiration == 1_060)
    #expect(tokens.areValid(now: 1_054) && !tokens.areValid(now: 1_055))
  }

  @Test("show nothing of themselves")
  func hidden() throws {
    let answer = try CognitoFixtures.tokens(CognitoFixtures.result("ada", issued: 0, refresh: "the-refresh-token"))
    let tokens = try #require(UserTokens(answer, now: 0))
    var dumped = ""
    dump(tokens, to: &dumped)
    dump(answer, to: &dumped)
    for text in ["\(tokens)", String(reflecting: tokens), "\(answer)", String(reflecting: answer), dumped] {
      #expect(!text.contains("the-refresh-token") && !text.contains("eyJ"), "\(text)")
    }
  }
}
