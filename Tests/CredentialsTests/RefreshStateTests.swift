// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

@testable import Credentials

@Suite struct RefreshStateTests {
  private static func credentials(_ name: String, _ expiration: Int64?) -> AWSCredentials {
    AWSCredentials(accessKeyID: name, secretAccessKey: "s", sessionToken: "t", expiration: expiration)
  }
  private let old = credentials("old", 10_000)
  private let new = credentials("new", 20_000)
  private let failure = CredentialsError("down", isTransient: true)

  /// Holds `old`, got at the time 0.
  private func loaded(_ credentials: AWSCredentials? = nil) -> RefreshState {
    var state = RefreshState()
    _ = state.ask(now: 0)
    _ = state.finish(.success(credentials ?? old), now: 0)
    return state
  }

  enum Kind: Sendable { case use, useAndRefresh, wait }

  @Test(
    arguments: [
      (20, .use), (9_699, .use), (9_700, .useAndRefresh), (9_939, .useAndRefresh), (9_940, .wait), (9_999, .wait),
      (10_000, .wait), (50_000, .wait),
    ] as [(Int64, Kind)]) func expiryDecides(now: Int64, expected: Kind)
  {
    var state = loaded()
    switch expected {
    case .use: #expect(state.ask(now: now) == .use(old))
    case .useAndRefresh:
      #expect(state.ask(now: now) == .useAndRefresh(old))
      #expect(state.ask(now: now) == .use(old), "one refresh at a time")
    case .wait:
      #expect(state.ask(now: now) == .wait(start: true))
      #expect(state.ask(now: now) == .wait(start: false), "one refresh at a time")
    }
  }

  @Test func theFirstCallersWait() throws {
    var state = RefreshState()
    #expect(state.ask(now: 5) == .wait(start: true))
    #expect(state.ask(now: 5) == .wait(start: false))
    #expect(try state.finish(.success(old), now: 6).get() == old)
    #expect(state.ask(now: 6) == .use(old))
  }

  @Test func withoutExpiryThereIsNoRefresh() {
    let lasting = RefreshStateTests.credentials("lasting", nil)
    var state = loaded(lasting)
    #expect(state.ask(now: .max) == .use(lasting))
  }

  @Test func aFailedEarlyRefreshKeepsTheOldOnes() throws {
    var state = loaded()
    #expect(state.ask(now: 9_800) == .useAndRefresh(old))
    #expect(try state.finish(.failure(failure), now: 9_801).get() == old)
    #expect(state.ask(now: 9_810) == .use(old), "not once a request")
    #expect(state.ask(now: 9_811) == .useAndRefresh(old))
    _ = state.finish(.failure(failure), now: 9_811)
    #expect(state.ask(now: 9_960) == .wait(start: true))
    #expect(try state.finish(.failure(failure), now: 9_961).get() == old, "still valid")
    #expect(state.ask(now: 9_962) == .use(old), "not once a request, near the end either")
    #expect(state.ask(now: 10_000) == .wait(start: true))
    #expect(throws: CredentialsError.self) { try state.finish(.failure(failure), now: 10_000).get() }
    #expect(state.ask(now: 10_001) == .wait(start: true), "expired ones are not used")
    #expect(try state.finish(.success(new), now: 10_002).get() == new)
  }

  @Test func callersNearTheEndWaitForARefreshThatBeganEarlier() throws {
    var state = loaded()
    #expect(state.ask(now: 9_930) == .useAndRefresh(old))
    #expect(state.ask(now: 9_945) == .wait(start: false))
    #expect(try state.finish(.success(new), now: 9_946).get() == new)
    #expect(state.ask(now: 9_946) == .use(new))
  }

  @Test func credentialsThatArriveExpiredAreRefused() {
    var state = RefreshState()
    _ = state.ask(now: 30_000)
    #expect(throws: CredentialsError.self) { try state.finish(.success(old), now: 30_000).get() }
  }

  @Test func credentialsThatArriveNearTheirEndAreUsedWithPauses() {
    var state = loaded(RefreshStateTests.credentials("short", 30))
    #expect(state.ask(now: 1) == .use(RefreshStateTests.credentials("short", 30)))
    #expect(state.ask(now: 11) == .wait(start: true))
  }

  @Test func aClockSetBackDoesNotStopRefreshes() {
    var state = loaded()
    #expect(state.ask(now: 9_800) == .useAndRefresh(old))
    _ = state.finish(.failure(failure), now: 9_800)
    #expect(state.ask(now: 9_750) == .useAndRefresh(old))
  }

  @Test func invalidation() {
    var state = loaded()
    state.invalidate(new, now: 100)
    #expect(state.ask(now: 100) == .use(old), "others are in use")
    state.invalidate(old, now: 100)
    #expect(state.ask(now: 100) == .wait(start: true))
    _ = state.finish(.success(old), now: 101)
    state.invalidate(old, now: 105)
    #expect(state.ask(now: 105) == .use(old), "the source has no better ones")
    state.invalidate(old, now: 111)
    #expect(state.ask(now: 111) == .wait(start: true))
    _ = state.finish(.success(new), now: 112)
    #expect(state.ask(now: 9_701) == .use(new))
  }

  @Test func invalidationRightBehindARefresh() throws {
    var state = loaded()
    #expect(state.ask(now: 9_800) == .useAndRefresh(old))
    #expect(try state.finish(.success(new), now: 9_801).get() == new)
    state.invalidate(new, now: 9_802)
    #expect(state.ask(now: 9_802) == .wait(start: true), "they were revoked, or the store is slower than they live")
  }

  @Test func invalidationWhileOthersAreOnTheirWay() throws {
    var state = loaded()
    #expect(state.ask(now: 9_800) == .useAndRefresh(old))
    state.invalidate(old, now: 9_801)
    #expect(state.ask(now: 9_801) == .wait(start: false))
    #expect(try state.finish(.success(new), now: 9_802).get() == new)
    #expect(state.ask(now: 9_802) == .use(new))
  }
}
