// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Group sync") struct GroupSyncTests {
  @Test func callersWhoComeWhileOneRunsShareTheNext() async throws {
    let sync = GroupSync()
    let isOpen = Lock(false)
    let rounds = Lock(0)
    let body: @Sendable () -> Int32? = {
      let round = rounds.withLock { rounds in
        rounds += 1
        return rounds
      }
      if round == 1 { isOpen.waitForever { $0 ? () : nil } }
      return nil
    }
    let first = BlockingWork.startJoinable { sync.run(body) }
    while rounds.withLock({ $0 }) == 0 { usleep(1_000) }
    let others = (0..<8).map { _ in BlockingWork.startJoinable { sync.run(body) } }
    // None may take the round that began before it came.
    #expect(others.allSatisfy { !$0.isDone })
    while sync.callers < 9 { usleep(1_000) }
    isOpen.withLockAndNotify { $0 = true }
    #expect(try await first.value() == nil)
    for other in others { #expect(try await other.value() == nil) }
    #expect(rounds.withLock { $0 } == 2)
  }

  @Test func aFailureIsThatOfAllWhoWaitedAndOfNobodyElse() {
    let sync = GroupSync()
    #expect(sync.run { EIO } == EIO)
    #expect(sync.run { nil } == nil)
    #expect(sync.run { ENOSPC } == ENOSPC)
  }
}
