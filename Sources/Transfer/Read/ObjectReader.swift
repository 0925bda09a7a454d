// SPDX-License-Identifier: Apache-2.0
//
// Reads one version of an object for a program that has it open.
//
// For: read(2) on objects that are not in the local cache. State: the read-ahead position and the chunks that were fetched
// or are under way, behind one lock that is never held across the network. Called from blocking threads; the GETs run as
// tasks and notify. Every GET carries If-Match: a changed object is an error, never a mix of two versions.
// What can go wrong: a failed chunk is forgotten once its waiters have seen the error, so that the next read tries again. A program
// that is told to stop does not wait; what it waited for goes on, for the others.

private import HTTPTransport
private import Locking
package import S3Client

package final class ObjectReader: Sendable {
  /// Where the bytes are now; a rename moves it.
  package struct Location: Sendable {
    package var key: ObjectKey
    package var etag: ETag

    package init(key: ObjectKey, etag: ETag) {
      self.key = key
      self.etag = etag
    }
  }

  /// Bytes that stay valid while the lease is held.
  package struct Piece {
    package let lease: RegionLease
    package let bytes: UnsafeRawBufferPointer
  }

  private enum Progress {
    case loading
    case ready
    case failed(S3Error)
  }

  private struct Chunk {
    let range: Range<Int64>
    let lease: RegionLease
    var progress: Progress
    var task: Task<Void, Never>?
    /// Somebody blocks on it, so its failure must be told and not just forgotten.
    var isAwaited = false

    var isSettled: Bool {
      if case .loading = progress { return false }
      return true
    }
  }

  private struct State {
    var location: Location
    var plan: ReadAhead
    /// Few (a window's worth); sorted by lower bound is not needed.
    var chunks: [Chunk] = []
  }

  private let client: S3Client
  private let pool: RegionPool
  /// Bytes of the version that it reads.
  package let size: Int64
  private let state: Lock<State>

  /// Where the version is that it reads.
  package var location: Location { state.withLock { $0.location } }

  /// - Parameters:
  ///   - size: bytes of the object.
  ///   - windowLimit: bytes to read ahead at most.
  package init(client: S3Client, location: Location, size: Int64, pool: RegionPool, windowLimit: Int64) {
    self.client = client
    self.pool = pool
    self.size = size
    state = Lock(
      State(
        location: location,
        plan: ReadAhead(size: size, chunkSize: Int64(pool.regionSize), windowLimit: windowLimit)))
  }

  deinit {
    state.withLock { state in
      for chunk in state.chunks { chunk.task?.cancel() }
    }
  }

  /// The same bytes are at another key from now on.
  package func move(from version: ETag, to location: Location) {
    state.withLock { if $0.location.etag == version { $0.location = location } }
  }

  /// Reads up to `length` bytes at `offset`, blocking until they are there; fewer only at the end of the object.
  package func read(at offset: Int64, length: Int) throws(S3Error) -> [Piece] {
    let end = min(offset + Int64(length), size)
    guard offset < end else { return [] }
    let wanted = offset..<end
    state.withLock { state in
      guard state.plan.read(wanted) else {
        // A jump: what was read ahead for the old place only costs memory.
        state.chunks.removeAll { $0.isSettled && !$0.range.overlaps(wanted) }
        return
      }
      let floor = state.plan.floor
      let before = state.chunks.count
      // Behind the reader and complete: no longer needed. Each one eaten earns a wider window.
      state.chunks.removeAll { $0.range.upperBound <= floor && $0.isSettled }
      if state.chunks.count < before { state.plan.widen() }
    }
    var pieces: [Piece] = []
    var position = offset
    while position < end {
      let piece = try piece(covering: position..<end)
      pieces.append(piece)
      position += Int64(piece.bytes.count)
    }
    prefetch()
    return pieces
  }

  private func piece(covering wanted: Range<Int64>) throws(S3Error) -> Piece {
    let outcome: Result<Piece, S3Error>
    do throws(Interrupted) {
      outcome = try state.waitInterruptibly { self.outcome(of: wanted, &$0) }
    } catch {
      let key = state.withLock { state in
        // Whoever else waits for it asks anew if it fails.
        for index in state.chunks.indices where state.chunks[index].range.contains(wanted.lowerBound) {
          state.chunks[index].isAwaited = false
        }
        return state.location.key
      }
      throw .interrupted("GetObject", client.bucket, key)
    }
    return try outcome.get()
  }

  /// Nil while it is under way; what nobody fetches yet is asked for.
  private func outcome(of wanted: Range<Int64>, _ state: inout State) -> Result<Piece, S3Error>? {
    guard let index = state.chunks.firstIndex(where: { $0.range.contains(wanted.lowerBound) }) else {
      startDemanded(wanted, &state)
      return nil
    }
    let chunk = state.chunks[index]
    switch chunk.progress {
    case .loading:
      state.chunks[index].isAwaited = true
      return nil
    case .failed(let error):
      state.chunks.remove(at: index)
      return .failure(error)
    case .ready:
      let start = Int(wanted.lowerBound - chunk.range.lowerBound)
      let stop = Int(min(wanted.upperBound, chunk.range.upperBound) - chunk.range.lowerBound)
      let bytes = UnsafeRawBufferPointer(rebasing: chunk.lease.region.bytes[start..<stop])
      return .success(Piece(lease: chunk.lease, bytes: bytes))
    }
  }

  private func startDemanded(_ wanted: Range<Int64>, _ state: inout State) {
    var range = state.plan.demand(wanted)
    // Do not fetch again what a later chunk already has.
    for chunk in state.chunks
    where chunk.range.lowerBound > range.lowerBound && chunk.range.lowerBound < range.upperBound {
      range = range.lowerBound..<chunk.range.lowerBound
    }
    guard let lease = pool.lease(Int(range.count), speculative: false) else { return }
    start(range, lease, isAwaited: true, &state)
  }

  private func prefetch() {
    state.withLock { state in
      while let range = state.plan.speculate() {
        if state.chunks.contains(where: { $0.range.overlaps(range) }) { continue }
        guard let lease = pool.lease(Int(range.count), speculative: true) else {
          state.plan.giveBack(range)
          return
        }
        start(range, lease, isAwaited: false, &state)
      }
    }
  }

  private func start(_ range: Range<Int64>, _ lease: RegionLease, isAwaited: Bool, _ state: inout State) {
    let location = state.location
    let task = Task { [weak self, client] in
      let result = await ObjectReader.fetch(range, location, into: lease.region, client)
      self?.finish(range, result)
    }
    state.chunks.append(Chunk(range: range, lease: lease, progress: .loading, task: task, isAwaited: isAwaited))
  }

  private static func fetch(
    _ range: Range<Int64>, _ location: Location, into region: MemoryRegion, _ client: S3Client
  ) async -> S3Error? {
    do throws(S3Error) {
      let body = try await client.getObject(location.key, range: range, ifMatch: location.etag, into: .memory(region))
      guard body.length == Int64(range.count) else {
        return S3Error(
          code: "InvalidResponse", message: "\(body.length) bytes came for a range of \(range.count)",
          operation: "GetObject", bucket: client.bucket, key: location.key)
      }
      return nil
    } catch {
      return error
    }
  }

  private func finish(_ range: Range<Int64>, _ error: S3Error?) {
    state.withLockAndNotify { state in
      guard let index = state.chunks.firstIndex(where: { $0.range == range }) else { return }
      state.chunks[index].task = nil
      if error != nil, !state.chunks[index].isAwaited {
        state.chunks.remove(at: index)
        return
      }
      state.chunks[index].progress = error.map { .failed($0) } ?? .ready
    }
  }
}
