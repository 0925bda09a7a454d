// SPDX-License-Identifier: Apache-2.0
//
// One line of a range log: what happened to the bytes of a data file. Pure: bytes in, value out.
//
// Format: 24 bytes, little-endian: lower and upper bound or size (8 each), kind (4), CRC-32 of the 20 bytes before (4). What can
// go wrong: a torn or foreign record, which has another checksum.

import Transfer

enum RangeRecord: Equatable, Sendable {
  /// These bytes are here, and the bucket lacks them.
  case wrote(Range<Int64>)
  /// The file was made this long: what was behind is gone, and what is new is zero.
  case resized(from: Int64, to: Int64)
  /// The bytes that the log speaks of before `upTo` (bytes of records) are on the disk for good, and so are these records.
  case synced(upTo: Int64)

  static let length = 24

  private var fields: (lower: Int64, upper: Int64, kind: UInt32) {
    switch self {
    case .wrote(let range): (range.lowerBound, range.upperBound, 1)
    case .resized(let old, let new): (old, new, 2)
    case .synced(let end): (0, end, 3)
    }
  }

  var encoded: [UInt8] {
    let (lower, upper, kind) = fields
    var bytes: [UInt8] = []
    bytes.reserveCapacity(RangeRecord.length)
    withUnsafeBytes(of: lower.littleEndian) { bytes += $0 }
    withUnsafeBytes(of: upper.littleEndian) { bytes += $0 }
    withUnsafeBytes(of: kind.littleEndian) { bytes += $0 }
    let checksum = RangeRecord.checksum(bytes[...])
    withUnsafeBytes(of: checksum.littleEndian) { bytes += $0 }
    return bytes
  }

  /// Nil for anything that was not written whole by ``encoded``.
  init?(decoding bytes: ArraySlice<UInt8>) {
    guard bytes.count == RangeRecord.length else { return nil }
    let (lower, upper, kind, checksum) = bytes.withUnsafeBytes { raw in
      (
        Int64(littleEndian: raw.loadUnaligned(as: Int64.self)),
        Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: Int64.self)),
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self)),
        UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
      )
    }
    guard checksum == RangeRecord.checksum(bytes.dropLast(4)), lower >= 0, upper >= 0 else { return nil }
    switch kind {
    case 1 where lower <= upper: self = .wrote(lower..<upper)
    case 2: self = .resized(from: lower, to: upper)
    case 3: self = .synced(upTo: upper)
    default: return nil
    }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }
}
