// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@testable import BucketFileSystem

@Suite("What /proc tells of processes") struct ProcessTableTests {
  private func process(_ status: String) -> Int32 {
    Array(status.utf8).withUnsafeBytes { ProcessTable.process(inStatus: $0) }
  }

  @Test func theNumberOfTheLine() {
    #expect(process("Name:\tcp\nUmask:\t0022\nTgid:\t4321\nNgid:\t0\n") == 4_321)
    #expect(process("Tgid:\t7") == 7)
    // proc(5): a newline in a name is written as backslash and n.
    #expect(process("Name:\tTgid:\t1\nTgid:\t2\n") == 2)
    for status in ["", "Tgid:", "Tgid:\t", "Name:\tx", "Name:\tx\n", "Tgid:\tx\n"] { #expect(process(status) == 0) }
  }

  @Test func aThreadBelongsToItsProcess() async throws {
    // "PID/task/TID"
    let (path, process) = try await BlockingWork.run {
      let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
      return (path, ProcessTable.process(of: Int32(path.split(separator: "/").last ?? "") ?? 0))
    }
    #expect(path.hasPrefix("\(getpid())/task/") && !path.hasSuffix("/\(getpid())"))
    #expect(process == getpid() && ProcessTable.process(of: getpid()) == getpid())
    #expect(ProcessTable.process(of: 0) == 0 && ProcessTable.process(of: .max) == 0)
  }
}
