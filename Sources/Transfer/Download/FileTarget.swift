// SPDX-License-Identifier: Apache-2.0
//
// A download into a file, by way of a partial file beside it that a later download can go on with.
//
// For: ObjectDownload. State: the partial file, once it is open, and the memory by which ranges come to it (see RangeWriter).
// What can go wrong: see PartialFile. What an earlier run wrote is read back and compared with the checksums that it noted,
// since after a power loss the journal may have more than the file.

import HTTPTransport
import Locking
import S3Client

final class FileTarget: DownloadTarget {
  private struct State {
    var file: PartialFile?
    var plan: DownloadPlan?
    var pool: RegionPool?
    /// The file has ranges that are worth keeping.
    var hasRanges = false
  }

  private let path: String
  private let overwrites: Bool
  private let syncs: Bool
  private let state = Lock(State())

  /// Bytes of which half are kept for the next chunks.
  private static let memory = 32 << 20

  /// Ranges that are read back at once: there are that many disk threads.
  private static let checksAtOnce = 4

  /// - Parameters:
  ///   - overwrites: replace a file that is there.
  ///   - syncs: the file is on the disk before the download has ended.
  init(path: String, overwrites: Bool, syncs: Bool) {
    self.path = path
    self.overwrites = overwrites
    self.syncs = syncs
  }

  func open() async throws(DownloadFailure) {
    let file = try await onDisk { [path, overwrites] () throws(DownloadFailure) in
      try PartialFile(for: path, overwrites: overwrites)
    }
    state.withLock { state in
      state.file = file
      state.hasRanges = file.hasRecord
    }
  }

  func begin(_ subject: DownloadRecord.Subject, _ plan: DownloadPlan) async throws(DownloadFailure) -> [Int: UInt32] {
    guard let file = state.withLock({ $0.file }) else { return [:] }
    let record = await ThreadPool.disk.run { file.record }
    var done: [Int: UInt32] = [:]
    if let record, record.subject == subject {
      var claimed: [Int: UInt32] = [:]
      for range in record.done {
        if let index = plan.index(start: range.start, length: range.length) { claimed[index] = range.crc32 }
      }
      done = await confirmed(claimed, plan, file)
      if Task.isCancelled { throw .canceled }
    }
    let isEmpty = done.isEmpty
    try await onDisk { () throws(DownloadFailure) in try isEmpty ? file.begin(subject) : file.goOn(subject) }
    state.withLock { state in
      state.plan = plan
      state.pool = RegionPool(budget: FileTarget.memory, regionSize: RangeWriter.chunkSize)
      state.hasRanges = !done.isEmpty
    }
    return done
  }

  /// Those of the ranges that lie in the file as they were written; the others are fetched again.
  private func confirmed(_ claimed: [Int: UInt32], _ plan: DownloadPlan, _ file: PartialFile) async -> [Int: UInt32] {
    await withTaskGroup(of: (Int, UInt32)?.self) { group in
      var rest = claimed.makeIterator()
      func checkNext() {
        guard let (index, crc32) = rest.next() else { return }
        group.addTask {
          guard !Task.isCancelled else { return nil }
          let counted = await ThreadPool.disk.run { file.checksum(of: plan.place(of: index)) }
          return counted == crc32 ? (index, crc32) : nil
        }
      }
      for _ in 0..<FileTarget.checksAtOnce { checkNext() }
      var confirmed: [Int: UInt32] = [:]
      while let result = await group.next() {
        if let (index, crc32) = result { confirmed[index] = crc32 }
        checkNext()
      }
      return confirmed
    }
  }

  func receive(
    _ index: Int, _ get: (ResponseDestination) async throws(DownloadFailure) -> Void
  ) async throws(DownloadFailure) -> UInt32 {
    let (file, plan, pool) = state.withLock { ($0.file, $0.plan, $0.pool) }
    guard let file, let plan, let pool else { throw .destination(path: path, reason: "it is not open") }
    let writer = RangeWriter(plan.place(of: index), of: file, pool: pool)
    do throws(DownloadFailure) {
      try await get(.receiver(writer))
    } catch {
      // What the disk said is the cause of what the network said.
      _ = try await writer.finish(isWhole: false)
      throw error
    }
    let crc32 = try await writer.finish(isWhole: true)
    await ThreadPool.disk.run { file.note(plan.done(index, crc32: crc32)) }
    state.withLock { $0.hasRanges = true }
    return crc32
  }

  func install() async throws(DownloadFailure) -> MemoryRegion? {
    guard let file = state.withLock({ $0.file }) else { return nil }
    try await onDisk { [overwrites, syncs] () throws(DownloadFailure) in
      try file.install(overwrites: overwrites, syncs: syncs)
      file.unlock()
    }
    state.withLock { $0 = State() }
    return nil
  }

  func close(keepsPartial: Bool) async {
    let (file, hasRanges) = state.withLock { state in
      defer { state = State() }
      return (state.file, state.hasRanges)
    }
    guard let file else { return }
    await ThreadPool.disk.run {
      if !keepsPartial || !hasRanges { file.remove() }
      file.unlock()
    }
  }

  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable () throws(DownloadFailure) -> Value
  ) async throws(DownloadFailure) -> Value {
    let result = await ThreadPool.disk.run { () -> Result<Value, DownloadFailure> in
      do throws(DownloadFailure) { return .success(try body()) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

extension DownloadPlan {
  /// What the journal says of a range.
  fileprivate func done(_ index: Int, crc32: UInt32) -> DownloadRecord.Done {
    let range = range(index)
    return DownloadRecord.Done(start: range.lowerBound, length: Int64(range.count), crc32: crc32)
  }
}
