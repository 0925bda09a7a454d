// SPDX-License-Identifier: Apache-2.0
//
// A download into memory: one region, into which the network writes every range at its place.
//
// For: objects that a program wants as bytes. State: the region, made once the size is known. What can go wrong: the object is
// larger than its owner allowed.

import HTTPTransport
import Locking

final class MemoryTarget: DownloadTarget {
  private struct Room {
    let plan: DownloadPlan
    /// nil for no bytes.
    let region: MemoryRegion?
  }

  /// Bytes at most.
  private let limit: Int64
  private let room = Lock<Room?>(nil)

  init(limit: Int) { self.limit = Int64(limit) }

  func open() async throws(DownloadFailure) {}

  func begin(_ subject: DownloadRecord.Subject, _ plan: DownloadPlan) async throws(DownloadFailure) -> [Int: UInt32] {
    guard plan.size <= limit else { throw .tooLarge(size: plan.size, limit: limit) }
    let region = plan.size > 0 ? MemoryRegion(size: Int(plan.size)) : nil
    room.withLock { $0 = Room(plan: plan, region: region) }
    return [:]
  }

  func receive(
    _ index: Int, _ get: (ResponseDestination) async throws(DownloadFailure) -> Void
  ) async throws(DownloadFailure) -> UInt32 {
    guard let room = room.withLock({ $0 }), let region = room.region else { return CRC32().value }
    let place = room.plan.place(of: index)
    let piece = MemoryRegion(Int(place.lowerBound)..<Int(place.upperBound), of: region)
    try await get(.memory(piece))
    return await ThreadPool.disk.run {
      var checksum = CRC32()
      checksum.update(UnsafeRawBufferPointer(piece.bytes))
      return checksum.value
    }
  }

  func install() async throws(DownloadFailure) -> MemoryRegion? { room.withLock { $0?.region } }

  func close(keepsPartial: Bool) async { room.withLock { $0 = nil } }
}
