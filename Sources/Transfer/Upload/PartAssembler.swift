// SPDX-License-Identifier: Apache-2.0

/// Cuts a sequence of chunks into parts. Pure.
///
/// A part is given out when the first byte behind it has come: only then is it not the last, which may be smaller and may be
/// the only one.
struct PartAssembler {
  private let ladder: PartLadder
  private var number = 1
  private var buffer: [UInt8] = []

  init(ladder: PartLadder) { self.ladder = ladder }

  private var capacity: Int { ladder.range(ofPart: number).count }

  /// Takes bytes from `chunk`, and returns a part when one is complete and more has come.
  ///
  /// - Throws: ``UploadFailure/tooLarge(_:)`` behind the 10,000th part.
  mutating func add(_ chunk: inout ArraySlice<UInt8>) throws(UploadFailure) -> (number: Int, bytes: [UInt8])? {
    guard !chunk.isEmpty else { return nil }
    guard buffer.count < capacity else {
      guard number < PartLadder.maximumPartCount else { throw .tooLarge(nil) }
      defer { number += 1 }
      return (number, take())
    }
    if buffer.isEmpty { buffer.reserveCapacity(min(capacity, 64 << 20)) }
    let count = min(chunk.count, capacity - buffer.count)
    buffer += chunk.prefix(count)
    chunk = chunk.dropFirst(count)
    return nil
  }

  /// The last part; empty if nothing ever came.
  mutating func finish() -> (number: Int, bytes: [UInt8]) { (number, take()) }

  private mutating func take() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }
}
