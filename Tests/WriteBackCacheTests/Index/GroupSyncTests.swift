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
      if round == 1 { _ = isOpen.wait(timeout: 60) { $0 ? () : nil } }
      return nil
    }
    let first = BlockingWork.startJoinable { sync.run(body) }
    try await eventually("the first round runs") { rounds.withLock { $0 } == 1 }
    let others = (0..<8).map { _ in BlockingWork.startJoinable { sync.run(body) } }
    try await eventually("all have come") { sync.callers == 9 }
    // None may take the round that began before it came.
    #expect(others.allSatisfy { !$0.isDone })
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
