// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
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

  // MARK: Files that are used again

  /// An open data file of three bytes.
  private func data(_ id: String, _ mark: DataMark = .clean) throws -> FileDescriptor {
    try FormatOne.write("old", to: directory.path(id))
    let descriptor = open(directory.path(id), O_RDWR | O_CLOEXEC)
    try #require(descriptor >= 0)
    #expect(fchmod(descriptor, mark.mode) == 0)
    return FileDescriptor(owning: descriptor)
  }

  private func status(_ data: FileDescriptor) -> stat {
    var status = stat()
    fstat(data.rawValue, &status)
    return status
  }

  @Test func anEmptyOneIsGivenToTheNext() throws {
    let removals = removals()
    removals.add("a", bytes: 3, data: try data("a"))
    #expect(removals.takeSpare() == nil)
    #expect(removals.run() == 3 && exists("a"))
    let spare = try #require(removals.takeSpare())
    #expect(spare.id == "a" && status(spare.data).st_size == 0 && status(spare.data).st_mode & 0o777 == 0o400)
    #expect(removals.takeSpare() == nil)
    removals.finish()
    #expect(exists("a"))
  }

  /// Its reader must not see what somebody else writes.
  @Test func oneThatIsReadIsNot() throws {
    let removals = removals()
    let data = try data("a")
    removals.add("a", bytes: 3, data: data)
    removals.run()
    #expect(removals.takeSpare() == nil && !exists("a") && status(data).st_size == 3)
  }

  /// The start after a crash would take it for bytes whose row was lost.
  @Test func oneThatIsNotMarkedCleanIsNot() throws {
    let removals = removals()
    removals.add("a", bytes: 3, data: try data("a", .dirty))
    #expect(removals.run() == 3 && removals.takeSpare() == nil && !exists("a"))
  }

  /// What is written to it would be gone with the process, or what its log says be believed of another file.
  @Test func oneWithoutANameOrWithALogIsNot() throws {
    let removals = removals()
    for name in ["a", "b"] { removals.add(name, bytes: 3, data: try data(name)) }
    unlink(directory.path("a"))
    try make("b.ranges")
    removals.run()
    #expect(removals.takeSpare() == nil && !exists("b") && !exists("b.ranges"))
  }

  @Test func thereAreNotMoreThanSome() throws {
    let removals = removals()
    for number in 0..<DataRemovals.spareLimit + 10 {
      removals.add("a\(number)", bytes: 1, data: try data("a\(number)"))
    }
    removals.run()
    #expect((0..<DataRemovals.spareLimit + 10).count { exists("a\($0)") } == DataRemovals.spareLimit)
    removals.finish()
    #expect(!(0..<DataRemovals.spareLimit + 10).contains { exists("a\($0)") })
  }
}
