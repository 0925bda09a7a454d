// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("The range log on disk") struct RangeLogTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.path("log") }

  init() throws { directory = try TemporaryDirectory("ranges") }

  private func content() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

  private func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  @Test func aLogIsFoundAgainAndGoneOnWith() throws {
    let log = try RangeLog.create(path, size: 1_000)
    try log.note(.wrote(10..<20))
    // Known already: no record.
    let length = try content().count
    try log.note(.wrote(12..<18))
    #expect(try content().count == length)
    let again = try #require(try RangeLog.open(existing: path))
    #expect(again.history.dirty == [10..<20] && again.history.size == 1_000)
    try again.note(.wrote(500..<600))
    try again.sync(upTo: again.length)
    #expect(try RangeLog.open(existing: path)?.history.dirty == [10..<20, 500..<600])
  }

  @Test func aLogBeginsWithWhatIsDirty() throws {
    _ = try RangeLog.create(path, size: 50, dirty: [1..<2, 40..<60])
    let log = try #require(try RangeLog.open(existing: path))
    #expect(log.history.dirty == [1..<2, 40..<60] && log.history.size == 60)
  }

  @Test func aTornRecordIsCutOff() throws {
    let log = try RangeLog.create(path, size: 50)
    try log.note(.wrote(1..<2))
    try write(try content() + RangeRecord.wrote(9..<10).encoded.dropLast(1))
    let again = try #require(try RangeLog.open(existing: path))
    try again.note(.wrote(30..<31))
    #expect(try RangeLog.open(existing: path)?.history.dirty == [1..<2, 30..<31])
  }

  /// SEMANTICS: power-loss
  @Test func afterAnotherStartOnlyWhatWasSyncedCounts() throws {
    let log = try RangeLog.create(path, size: 50)
    try log.note(.wrote(1..<2))
    let mark = log.length
    // Noted while the data file was being synced: perhaps not on the disk.
    try log.note(.wrote(5..<6))
    try log.sync(upTo: mark)
    try log.note(.wrote(30..<31))
    var bytes = try content()
    // The first letter of the boot ID.
    bytes[14] ^= 1
    try write(bytes)
    let again = try #require(try RangeLog.open(existing: path))
    #expect(again.history.dirty == [1..<2] && again.history.size == 50)
    // Of this start from now on.
    try again.note(.wrote(7..<8))
    #expect(try RangeLog.open(existing: path)?.history.dirty == [1..<2, 7..<8])
  }

  @Test func whatIsNoLogIsRefused() throws {
    try write(Array("something else".utf8))
    #expect(try RangeLog.open(existing: path) == nil)
    try write([UInt8](repeating: 0, count: 1_000))
    #expect(try RangeLog.open(existing: path) == nil)
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: CacheDirectoryFailure.self) { _ = try RangeLog.open(existing: path) }
  }
}
