// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Transfer

@Suite("Writing a range while it arrives") struct RangeWriterTests {
  private static let chunk = RangeWriter.chunkSize

  private let directory: TemporaryDirectory
  private let file: PartialFile
  private let pool = RegionPool(budget: 4 << 20, regionSize: RangeWriter.chunkSize)

  init() throws {
    directory = try TemporaryDirectory("range")
    file = try PartialFile(for: directory.path("file"), overwrites: false)
  }

  private func writer(_ place: Range<Int>) -> RangeWriter {
    RangeWriter(Int64(place.lowerBound)..<Int64(place.upperBound), of: file, pool: pool)
  }

  /// Gives the bytes to the writer in pieces, as the network does.
  @discardableResult
  private func send(_ bytes: [UInt8], to writer: RangeWriter, pieces size: Int = 16 << 10) -> Bool {
    stride(from: 0, to: bytes.count, by: size).allSatisfy { start in
      bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { writer.receive($0, at: Int64(start)) }
    }
  }

  private func content(_ place: Range<Int>) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory.path("file.pail-part")))[place])
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }

  @Test(arguments: [1, chunk - 1, chunk, chunk + 1, 5 * chunk + 77], [16 << 10, 1_000_001])
  func everyLengthArrives(length: Int, piece: Int) async throws {
    let (bytes, place) = (Noise.bytes(length), 1_000..<(1_000 + length))
    let writer = writer(place)
    #expect(writer.limit == Int64(length))
    #expect(send(bytes, to: writer, pieces: piece))
    #expect(try await writer.finish(isWhole: true) == checksum(bytes))
    #expect(try content(place) == bytes)
    #expect(pool.leasedBytes == 0)
  }

  /// What an attempt left that broke off, of another length and content, is neither in the file nor in the checksum.
  @Test(arguments: [1, chunk, 3 * chunk + 5]) func anAttemptBeginsAnew(sent: Int) async throws {
    let (bytes, place) = (Noise.bytes(2 * Self.chunk + 9), 0..<(2 * Self.chunk + 9))
    let writer = writer(0..<(4 * Self.chunk))
    for _ in 0..<20 { send(Noise.bytes(sent, seed: 7), to: writer) }
    send(bytes, to: writer)
    #expect(try await writer.finish(isWhole: true) == checksum(bytes))
    #expect(try content(place) == bytes)
  }

  @Test func nothingIsWrittenAfterAnEarlyEnd() async throws {
    let writer = writer(0..<(8 * Self.chunk))
    send(Noise.bytes(6 * Self.chunk + 1), to: writer)
    _ = try await writer.finish(isWhole: false)
    let size = try Data(contentsOf: URL(fileURLWithPath: directory.path("file.pail-part"))).count
    #expect(size <= 6 * Self.chunk && pool.leasedBytes == 0)
  }
}
