// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

/// Changing the bytes. Each change begins (parts it touches turn stale, sealed bytes are waited for), is recorded as dirty on
/// disk, happens, and ends (size and generation move).
extension CacheFile {
  /// Writes all of `bytes` at `offset`. Blocks while an upload still needs the old bytes there.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(WriteBackFailure) -> Int {
    guard !bytes.isEmpty else { return 0 }
    let range = offset..<(offset + Int64(bytes.count))
    guard range.upperBound <= context.ladder.maximumSize else { throw .local(code: EFBIG, operation: "write") }
    try hydrate()
    try begin(range)
    let (written, code) = CacheFile.writeAll(bytes, to: data.rawValue, at: offset)
    end(offset..<(offset + Int64(written)))
    // A full disk: what did fit is kept, as write(2) says; nothing at all is the error.
    if written == 0, code != 0 { throw .local(code: code, operation: "write") }
    pump()
    return written
  }

  /// Makes the file `size` bytes long; new bytes are zero.
  package func truncate(to size: Int64) throws(WriteBackFailure) {
    guard size <= context.ladder.maximumSize else { throw .local(code: EFBIG, operation: "truncate") }
    // Bytes that only the bucket has are not fetched to be thrown away.
    if size == 0, let base = claimRemoteBytes() {
      // The empty file comes before the record: a crash in between must not find a dirty file full of zeros.
      let emptied = data.setSize(0)
      do throws(WriteBackFailure) {
        guard emptied else { throw .local(code: errno, operation: "truncate") }
        try shorten(to: 0)
      } catch {
        _ = data.setSize(base.size)
        state.withLockAndNotify { $0.remoteBytesStay() }
        throw error
      }
      state.withLockAndNotify { $0.hydration = .complete }
    } else {
      try hydrate()
      try shorten(to: size)
    }
  }

  private func shorten(to size: Int64) throws(WriteBackFailure) {
    let isReleased = waitForUpload { state -> Bool? in
      if state.isReleased { return true }
      // Shrinking touches sealed bytes of any part, growing those of the last one: wait for the upload to end.
      guard state.seal == nil else { return nil }
      state.activeChanges += 1
      if size < state.size {
        state.session?.table.truncated(to: size)
        state.writtenPrefix = min(state.writtenPrefix, size)
      } else {
        state.session?.table.wrote(state.size..<size)
      }
      return false
    }
    if isReleased { throw .released }
    var failure: WriteBackFailure?
    do throws(WriteBackFailure) {
      try record()
      if !data.setSize(size) { failure = .local(code: errno, operation: "truncate") }
    } catch {
      failure = error
    }
    state.withLockAndNotify { state in
      state.activeChanges -= 1
      guard failure == nil else { return }
      state.size = size
      state.generation += 1
    }
    if let failure { throw failure }
  }

  /// Makes a file without bytes dirty: it was just created.
  package func markCreated() throws(WriteBackFailure) {
    state.withLock { $0.activeChanges += 1 }
    defer {
      state.withLockAndNotify { state in
        state.activeChanges -= 1
        state.generation += 1
      }
    }
    try record()
  }

  // MARK: Steps

  private func begin(_ range: Range<Int64>) throws(WriteBackFailure) {
    let isReleased = waitForUpload { state -> Bool? in
      if state.isReleased { return true }
      if state.seal.map({ state.needsOldBytes(of: range, $0) }) ?? false { return nil }
      state.activeChanges += 1
      state.partsChanged(by: range)
      return false
    }
    if isReleased { throw .released }
    do {
      try record()
    } catch {
      state.withLockAndNotify { $0.activeChanges -= 1 }
      throw error
    }
  }

  private func end(_ range: Range<Int64>) {
    state.withLockAndNotify { state in
      state.activeChanges -= 1
      // Once more: between begin and here a part may have been sent with the old bytes, or a failed upload have left its parts.
      state.partsChanged(by: range)
      state.size = max(state.size, range.upperBound)
      state.generation += 1
      if range.lowerBound <= state.writtenPrefix { state.writtenPrefix = max(state.writtenPrefix, range.upperBound) }
    }
  }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int64
  ) -> (written: Int, code: Int32) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(file, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + off_t(done))
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return (done, count < 0 ? errno : EIO) }
      done += count
    }
    return (done, 0)
  }

  // MARK: Bytes that are in the bucket only

  /// Brings the object into the data file, if it is not there. Several callers wait for one download.
  package func hydrate() throws(WriteBackFailure) {
    guard var base = claimRemoteBytes() else { return }
    while true {
      let (key, file, fill, wanted) = (self.key, data, FileFill(client: context.client), base)
      do throws(S3Error) {
        try BlockingBridge.run { () async throws(S3Error) in
          try await fill.download(key, etag: wanted.etag, size: wanted.size, into: file)
        }
        return state.withLockAndNotify { $0.hydration = .complete }
      } catch {
        // A change of attributes meanwhile gave the same bytes a new version.
        let moved = state.withLockAndNotify { state -> Base? in
          if error.isConditionFailure, case .running(let current) = state.hydration, current != wanted {
            return current
          }
          state.remoteBytesStay()
          return nil
        }
        guard let moved else { throw .store(error) }
        base = moved
      }
    }
  }

  /// The bytes that are in the bucket only, for a caller that does not want them and says what became of them; nil when all
  /// are here. Until then nobody fetches or reads them.
  private func claimRemoteBytes() -> Base? {
    state.waitForever { state -> Base?? in
      switch state.hydration {
      case .running: return nil
      case .complete: return .some(nil)
      case .needed(let base):
        state.hydration = .running(base)
        return .some(base)
      }
    }
  }
}

extension CacheFile.State {
  /// A write to `range` makes the parts that it touches stale. One behind the end fills the gap with zeros, and so changes
  /// the part that was the last one, too. While sealed nothing is marked: a write then ends the session's use.
  fileprivate mutating func partsChanged(by range: Range<Int64>) {
    guard seal == nil else { return }
    session?.table.wrote(min(size, range.lowerBound)..<range.upperBound)
  }

  /// Whoever claimed the remote bytes did not do what it wanted: they are in the bucket as before.
  fileprivate mutating func remoteBytesStay() {
    if case .running(let base) = hydration { hydration = .needed(base) }
  }

  /// Whether the upload under way has yet to send something that `range` would change.
  func needsOldBytes(of range: Range<Int64>, _ seal: Seal) -> Bool {
    let touched = range.clamped(to: 0..<max(seal.size, 0))
    guard !touched.isEmpty else { return false }
    if seal.isSingle { return true }
    return !(session?.table.hasSent(touched) ?? false)
  }
}
