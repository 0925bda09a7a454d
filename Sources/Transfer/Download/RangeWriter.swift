// SPDX-License-Identifier: Apache-2.0
//
// Brings one range from the network into a file, a chunk at a time.
//
// For: FileTarget. The network thread fills a chunk and goes on with the next; a disk thread writes the full ones and counts
// their checksum while they are still in the processor's cache. A disk that is slow holds up its own download and not the
// network thread, on which every other request waits: until then memory grows, to the size of the range.
// State: the chunk that is being filled, those that wait for the disk, the checksum; behind a lock. At most one disk thread works
// for a range, in order, so that an attempt which begins anew writes behind all of the one before.
// What can go wrong: the file cannot be written; the rest of the body is refused then, and `finish` says why.

import HTTPTransport
import Locking

final class RangeWriter: BodyReceiver {
  private struct Chunk {
    let lease: RegionLease
    /// Within the range.
    let start: Int64
    var count = 0
  }

  private struct State {
    /// Nil in the end, so that no disk thread keeps it open.
    var file: PartialFile?
    var filling: Chunk?
    var full: [Chunk] = []
    var isWriting = false
    var checksum = CRC32()
    var failure: DownloadFailure?
    var waiter: CheckedContinuation<Void, Never>?
  }

  /// Bytes of a chunk: large enough that handing it over costs little, small enough for the cache.
  static let chunkSize = 512 << 10

  let limit: Int64
  /// Where the range begins in the file.
  private let offset: Int64
  private let pool: RegionPool
  private let state: Lock<State>

  /// - Parameter place: of the range in the file.
  init(_ place: Range<Int64>, of file: PartialFile, pool: RegionPool) {
    self.pool = pool
    state = Lock(State(file: file))
    offset = place.lowerBound
    limit = Int64(place.count)
  }

  // MARK: The network thread

  func receive(_ bytes: UnsafeRawBufferPointer, at start: Int64) -> Bool {
    state.withLock { state in
      guard state.failure == nil else { return false }
      // An attempt of the request begins.
      if start == 0 { state.filling = nil }
      var rest = bytes[...]
      while !rest.isEmpty {
        let position = start + Int64(rest.startIndex)
        guard var chunk = state.filling ?? newChunk(at: position) else { return false }
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(chunk.lease.region.bytes.count - chunk.count))
        UnsafeMutableRawBufferPointer(rebasing: chunk.lease.region.bytes[chunk.count...]).copyMemory(from: piece)
        chunk.count += piece.count
        rest = rest.dropFirst(piece.count)
        state.filling = chunk
        if chunk.count == chunk.lease.region.bytes.count { passOn(&state) }
      }
      return true
    }
  }

  private func newChunk(at start: Int64) -> Chunk? {
    pool.lease(RangeWriter.chunkSize, speculative: false).map { Chunk(lease: $0, start: start) }
  }

  private func passOn(_ state: inout State) {
    guard let chunk = state.filling else { return }
    state.filling = nil
    state.full.append(chunk)
    guard !state.isWriting else { return }
    state.isWriting = true
    ThreadPool.disk.start { [self] in write() }
  }

  // MARK: A disk thread

  private func write() {
    while let (chunk, file) = next() {
      var checksum = chunk.start == 0 ? CRC32() : state.withLock { $0.checksum }
      do throws(DownloadFailure) {
        let bytes = UnsafeRawBufferPointer(rebasing: chunk.lease.region.bytes[..<chunk.count])
        try file.write(bytes, at: offset + chunk.start, &checksum)
        state.withLock { $0.checksum = checksum }
      } catch {
        state.withLock { ($0.failure, $0.full) = (error, []) }
      }
    }
  }

  /// The next chunk to write; nil when there is none, and whoever waits for that is told.
  private func next() -> (Chunk, PartialFile)? {
    let (next, waiter) = state.withLock { state -> ((Chunk, PartialFile)?, CheckedContinuation<Void, Never>?) in
      if !state.full.isEmpty, let file = state.file { return ((state.full.removeFirst(), file), nil) }
      state.isWriting = false
      defer { state.waiter = nil }
      return (nil, state.waiter)
    }
    waiter?.resume()
    return next
  }

  // MARK: The end

  /// Waits until nothing writes to the file any more. Nothing may be received after this is called.
  ///
  /// - Parameter isWhole: all bytes have come; otherwise what waits for the disk may be dropped.
  /// - Returns: the checksum of what was received.
  func finish(isWhole: Bool) async throws(DownloadFailure) -> UInt32 {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if isWhole { passOn(&state) } else { (state.filling, state.full) = (nil, []) }
        if state.isWriting { state.waiter = continuation }
        return !state.isWriting
      }
      if isIdle { continuation.resume() }
    }
    let (checksum, failure) = state.withLock { state in
      state.file = nil
      return (state.checksum, state.failure)
    }
    if let failure { throw failure }
    return checksum.value
  }
}
