// SPDX-License-Identifier: Apache-2.0
//
// What a range log says in the end. Pure.
//
// For: a start after a crash. The process may have been killed: then the kernel has kept every byte and every record, and all
// records count. Or the machine has lost its power: the disk may then have a record without the bytes that it speaks of, so what
// came behind the last sync does not count, as if it had never been written. The two are told apart by the boot ID.

import Transfer

struct RangeHistory: Equatable, Sendable {
  /// Bytes that are here and that the bucket lacks.
  private(set) var dirty = ByteRanges()
  /// Bytes of the file; nil when no record tells.
  private(set) var size: Int64?
  /// Bytes of the log that were understood; the rest is torn.
  private(set) var validLength = 0

  init() {}

  mutating func apply(_ record: RangeRecord) {
    switch record {
    case .wrote(let range):
      // A write behind the end fills the gap with zeros, which the bucket lacks as well.
      if let size, range.lowerBound > size { dirty.insert(size..<range.lowerBound) }
      dirty.insert(range)
      size = max(size ?? 0, range.upperBound)
    case .resized(let old, let new):
      dirty.truncate(to: new)
      if new > old { dirty.insert(old..<new) }
      size = new
    case .synced: break
    }
  }

  /// - Parameters:
  ///   - log: records, one behind the other.
  ///   - isSameBoot: the machine has not been started since they were written.
  init(of log: [UInt8], isSameBoot: Bool) {
    var records: [RangeRecord] = []
    var synced: Int64 = 0
    while let record = RangeRecord(decoding: log[validLength..<min(validLength + RangeRecord.length, log.count)]) {
      records.append(record)
      validLength += RangeRecord.length
      if case .synced(let end) = record { synced = max(synced, end) }
    }
    let counted = isSameBoot ? records.count : min(records.count, Int(clamping: synced) / RangeRecord.length)
    for record in records[..<counted] { apply(record) }
  }
}
