// SPDX-License-Identifier: Apache-2.0

private import Glibc
import Locking
import S3Client

/// What the bucket does not have yet, and what a person does about it.
extension WriteBackCache {
  /// Everything that the bucket does not have yet.
  package var pendingUploads: [PendingUpload] {
    let files = state.withLock { Array($0.files.values) }
    return files.compactMap(\.pending).sorted { $0.key < $1.key }
  }

  /// The files of `key`, or all, that the bucket does not have yet: more than one when a conflict is parked.
  package func pendingFiles(key: String? = nil) -> [CacheFile] {
    state.withLock { Array($0.files.values) }.filter { $0.isDirty && (key == nil || $0.key == ObjectKey(key ?? "")) }
  }

  /// Tries parked and waiting uploads again, all or that of `key`. One whose bytes may not be what was written is tried only when
  /// its key is named: somebody must have looked at it.
  ///
  /// - Returns: how many.
  @discardableResult
  package func retry(key: String? = nil) -> Int {
    let files = pendingFiles(key: key).filter { file in key != nil || !file.state.withLock { $0.retry.isSuspect } }
    for file in files {
      file.state.withLock { $0.retry = CacheFile.RetryState() }
      queue.schedule(file, after: 0)
    }
    return files.count
  }

  /// Holds uploads back that nobody waits for, all (new ones too) or that of `key`. A request under way is finished.
  ///
  /// - Returns: how many.
  @discardableResult
  package func pauseUploads(key: String? = nil) -> Int {
    if key == nil { queue.setPaused(true) }
    let files = pendingFiles(key: key)
    for file in files { file.state.withLock { $0.isPaused = true } }
    return files.count
  }

  /// The end of ``pauseUploads(key:)``.
  @discardableResult
  package func resumeUploads(key: String? = nil) -> Int {
    if key == nil { queue.setPaused(false) }
    let files = pendingFiles(key: key)
    for file in files {
      file.state.withLock { $0.isPaused = false }
      file.pump()
    }
    queue.pausesChanged()
    return files.count
  }

  /// Uploads what is pending, until nothing is left that can be uploaded or the time is over. Blocks.
  ///
  /// - Parameters:
  ///   - timeout: seconds; nil for no limit.
  ///   - progress: called about four times a second.
  /// - Returns: what stays in the cache directory.
  package func drain(timeout: Double?, progress: ([PendingUpload]) -> Void) -> [PendingUpload] {
    let end = timeout.map { MonotonicClock.now + $0 }
    for file in state.withLock({ Array($0.files.values) }) where file.isDirty && !file.isParked {
      queue.schedule(file, after: 0)
    }
    while true {
      let pending = pendingUploads
      progress(pending)
      let isOver = end.map { MonotonicClock.now >= $0 } ?? false
      if isOver || pending.allSatisfy(\.state.waitsForSomebody) { return pending }
      usleep(pending.isEmpty ? 1_000 : 50_000)
    }
  }
}

extension CacheFile {
  var pending: PendingUpload? {
    state.withLock { state in
      guard state.isDirty else { return nil }
      let kind: PendingUpload.State =
        if state.isHeldBack, !state.retry.isParked {
          .paused
        } else if state.publishing != nil {
          .uploading
        } else if state.retry.isParked {
          .parked
        } else if state.retry.nextAttempt != nil {
          .waiting
        } else {
          .open
        }
      return PendingUpload(
        key: state.key.string, size: state.size, state: kind, attempts: state.retry.attempts,
        nextAttempt: state.retry.nextAttempt.map { max(0, $0 - MonotonicClock.now) }, reason: state.retry.reason,
        transferred: state.session?.table.sentBytes(ofSize: state.size) ?? 0, dataFile: context.directory.dataPath(id))
    }
  }
}
