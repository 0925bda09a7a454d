// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Removal of data files") struct DataRemovalsTests {
  private let directory: TemporaryDirectory
  private let syncs = Lock(0)
  private let isBroken = Lock(false)

  init() throws { directory = try TemporaryDirectory("removals") }

  private func removals() -> DataRemovals {
    DataRemovals(directory: directory.path) { [syncs, isBroken] () throws(CacheIndexFailure) in
      syncs.withLock { $0 += 1 }
      if isBroken.withLock({ $0 }) { throw CacheIndexFailure(code: EIO, action: "sync", path: "x") }
    }
  }

  private func make(_ id: String) throws { try FormatOne.write("x", to: directory.path(id)) }

  private func exists(_ id: String) -> Bool { access(directory.path(id), F_OK) == 0 }

  @Test func nothingGoesBeforeTheIndexIsSynced() throws {
    let removals = removals()
    try make("a")
    removals.add("a", bytes: 1)
    #expect(exists("a") && syncs.withLock { $0 } == 0 && removals.waitingBytes == 1)
    isBroken.withLock { $0 = true }
    #expect(removals.run() == 0 && exists("a") && removals.waitingBytes == 1)
    isBroken.withLock { $0 = false }
    #expect(removals.run() == 1 && !exists("a") && removals.waitingBytes == 0)
  }

  @Test func manyShareOneSync() throws {
    let removals = removals()
    for number in 1...DataRemovals.countLimit {
      try make("a\(number)")
      removals.add("a\(number)", bytes: 1)
    }
    #expect(syncs.withLock { $0 } == 1 && !exists("a1") && !exists("a\(DataRemovals.countLimit)"))
  }

  @Test func aLargeOneDoesNotWait() throws {
    let removals = removals()
    try make("a")
    removals.add("a", bytes: DataRemovals.bytesLimit)
    #expect(!exists("a") && removals.waitingBytes == 0)
  }
}
