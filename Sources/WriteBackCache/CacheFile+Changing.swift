// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

/// Changing the bytes. Each change begins (parts it touches turn stale, sealed bytes are waited for), is recorded as dirty on
/// disk, happens, is noted where bytes are missing, and ends (size and generation move).
extension CacheFile {
  /// Stretches of dirty bytes that are kept apart; programs that write here and there could make any number.
  private static let mostStretches = 16_384

  /// Writes all of `bytes` at `offset`. Blocks while an upload still needs the old bytes there.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(WriteBackFailure) -> Int {
    guard !bytes.isEmpty else { return 0 }
    let range = offset..<(offset + Int64(bytes.count))
    guard range.upperBound <= context.ladder.maximumSize else { throw .local(code: EFBIG, operation: "write") }
    try context.quota.admit(Int64(bytes.count))
    let change = try begin(range)
    let (written, code) = CacheFile.writeAll(bytes, to: data.rawValue, at: offset)
    let stretch = offset..<(offset + Int64(written))
    let failure = written > 0 ? failureOfNote(.wrote(stretch)) : nil
    end(change, stretch)
    if let failure { throw failure }
    // A full disk: what did fit is kept, as write(2) says; nothing at all is the error.
    if written == 0, code != 0 { throw .local(code: code, operation: "write") }
    // What is written is written.
    try Interruption.shielded { () throws(WriteBackFailure) in try limitStretches() }
    pump()
    return written
  }

  /// Makes the file `size` bytes long; new bytes are zero.
  package func truncate(to size: Int64) throws(WriteBackFailure) {
    guard size <= context.ladder.maximumSize else { throw .local(code: EFBIG, operation: "truncate") }
    let change = try beginWhole { [context] state in
      if state.isReleased { return .failure(.released) }
      // Bytes that only the bucket has are not fetched to be thrown away.
      let kept = min(size, state.size)
      if kept > 0, state.isSmallAndLacksMore(than: kept..<Int64.max, context.wholeSize) { return .success(nil) }
      // Shrinking touches sealed bytes of any part, growing those of the last one: wait for the upload to end.
      guard state.seal == nil, !state.isSealing, let change = state.bytes.beginResizing(to: size) else { return nil }
      if size < state.size {
        state.session?.table.truncated(to: size)
        state.writtenPrefix = min(state.writtenPrefix, size)
      } else {
        let grown = state.size..<size
        state.session?.table.wrote(grown)
      }
      return .success(change)
    }
    let failure = size == 0 ? failureOfEmptying() : failureOfResizing(to: size)
    state.withLockAndNotify { state in
      state.bytes.endResizing(change, to: failure == nil ? size : nil)
      if failure == nil { state.generation += 1 }
    }
    if let failure { throw failure }
  }

  private func failureOfResizing(to size: Int64) -> WriteBackFailure? {
    do throws(WriteBackFailure) {
      try record()
      // Before it happens: bytes that are cut off must not count as written after a crash in between.
      let before = try noteResize(to: size)
      guard data.setSize(size) else {
        let code = errno
        if let before { try replaceLog(with: before) }
        throw .local(code: code, operation: "truncate")
      }
      return nil
    } catch {
      return error
    }
  }

  /// A file that becomes empty is whole, so there is nothing to note, unless something was.
  private func failureOfEmptying() -> WriteBackFailure? {
    do throws(WriteBackFailure) {
      if try recordEmptied() { return nil }
      return failureOfResizing(to: 0)
    } catch {
      return error
    }
  }

  /// Makes a file without bytes dirty: it was just created.
  package func markCreated() throws(WriteBackFailure) {
    let change = try begin(0..<0)
    end(change, 0..<0)
  }

  // MARK: Steps

  /// Begins a change as soon as `body` says so, which may want the whole object here first.
  ///
  /// - Parameter body: within the lock; nil: not yet; success of nil: after the rest was fetched.
  private func beginWhole(
    _ body: (inout State) -> Result<LocalBytes.Change?, WriteBackFailure>?
  ) throws(WriteBackFailure) -> LocalBytes.Change {
    markEarlierRun()
    while true {
      if let change = try waitForUploadInterruptibly(until: body).get() { return change }
      try hydrate()
    }
  }

  func begin(_ range: Range<Int64>) throws(WriteBackFailure) -> LocalBytes.Change {
    let change = try beginWhole { [context] state in
      if state.isReleased { return .failure(.released) }
      // A small object is published whole in any case.
      if state.isSmallAndLacksMore(than: range, context.wholeSize) { return .success(nil) }
      if state.isSealing || state.seal.map({ state.needsOldBytes(of: range, $0) }) ?? false { return nil }
      guard let change = state.bytes.beginWriting(range) else { return nil }
      state.partsChanged(by: range)
      return .success(change)
    }
    do throws(WriteBackFailure) {
      try record()
      return change
    } catch {
      state.withLockAndNotify { $0.bytes.endWriting(change, written: 0..<0) }
      throw error
    }
  }

  /// - Parameter isWritten: false for bytes that are likely to be written soon, so that they are not worth sending early.
  func end(_ change: LocalBytes.Change, _ range: Range<Int64>, isWritten: Bool = true) {
    let now = MonotonicClock.now
    state.withLockAndNotify { state in
      state.lastUse = now
      // Once more: between begin and here a part may have been sent with the old bytes, or a failed upload have left its parts.
      state.partsChanged(by: range)
      state.bytes.endWriting(change, written: range)
      state.generation += 1
      guard isWritten else { return }
      if range.lowerBound <= state.writtenPrefix { state.writtenPrefix = max(state.writtenPrefix, range.upperBound) }
    }
  }

  /// Too many stretches become one; for that all bytes must be here.
  func limitStretches() throws(WriteBackFailure) {
    guard state.withLock({ $0.bytes.dirty.count > CacheFile.mostStretches }) else { return }
    try hydrate()
    noteWhole()
    state.withLock { $0.bytes.coalesce() }
  }

  static func writeAll(
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
}

extension CacheFile.State {
  /// A write to `range` makes the parts that it touches stale. One behind the end fills the gap with zeros, and so changes
  /// the part that was the last one, too. While sealed nothing is marked: a write then ends the session's use.
  fileprivate mutating func partsChanged(by range: Range<Int64>) {
    guard seal == nil else { return }
    let changed = min(size, range.lowerBound)..<range.upperBound
    session?.table.wrote(changed)
  }

  /// Whether bytes of a small object are missing here, of which `range` is not all.
  fileprivate func isSmallAndLacksMore(than range: Range<Int64>, _ wholeSize: Int64) -> Bool {
    guard let last = bytes.missing.ranges.last, let first = bytes.missing.ranges.first,
      baseSize ?? 0 <= wholeSize
    else { return false }
    return first.lowerBound < range.lowerBound || last.upperBound > range.upperBound
  }

  /// Whether the upload under way has yet to send something that `range` would change.
  func needsOldBytes(of range: Range<Int64>, _ seal: Seal) -> Bool {
    let touched = range.clamped(to: 0..<max(seal.size, 0))
    guard !touched.isEmpty else { return false }
    switch seal.way {
    case .whole: return true
    case .overwrite(_, let uploads): return uploads.intersects(touched)
    case .parts: break
    }
    return !(session?.table.hasSent(touched) ?? false)
  }
}
