// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

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
    #expect(throws: Errno.EIO) {
      try Interruption.withProbe({ true }) { () throws(Errno) in throw .EIO }
    }
    #expect(!Interruption.isRequested)
  }
}
