// SPDX-License-Identifier: Apache-2.0

import Locking
import Testing

struct InterruptionTests {
  @Test func answersForTheOperationOfThisThread() {
    #expect(!Interruption.isRequested)
    var isInterrupted = false
    Interruption.withProbe({ isInterrupted }) {
      #expect(!Interruption.isRequested)
      isInterrupted = true
      #expect(Interruption.isRequested)
      Interruption.withProbe({ false }) { #expect(!Interruption.isRequested) }
      #expect(Interruption.isRequested)
    }
    #expect(!Interruption.isRequested)
  }

  @Test func aFailedOperationLeavesNothingBehind() {
    #expect(throws: CancellationError.self) {
      try Interruption.withProbe({ true }) { throw CancellationError() }
    }
    #expect(!Interruption.isRequested)
  }

  @Test func whatMustComeToItsEndIsNotInterrupted() {
    Interruption.withProbe({ true }) {
      Interruption.shielded {
        #expect(!Interruption.isRequested)
        #expect(!Interruption.isPossible)
      }
      #expect(Interruption.isRequested)
    }
  }

  @Test func aWaitEndsSoonAndOnlyWithoutItsResult() throws {
    let lock = Lock(0)
    var looks = 0
    #expect(throws: Interrupted.self) {
      try Interruption.withProbe({
        looks += 1
        return looks == 2
      }) {
        try lock.waitInterruptibly { $0 > 0 ? $0 : nil }
      }
    }
    lock.withLock { $0 = 7 }
    #expect(try Interruption.withProbe({ true }) { try lock.waitInterruptibly { $0 > 0 ? $0 : nil } } == 7)
    #expect(try lock.waitInterruptibly { $0 } == 7)
  }
}
