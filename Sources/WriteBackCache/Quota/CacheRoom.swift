// SPDX-License-Identifier: Apache-2.0

private import Glibc
import HTTPTransport
import Locking

/// How much room there is in a cache directory, for ``CacheQuota``.
enum CacheRoom {
  /// The part of a limit before it in which writers are slowed: a tenth.
  private static let slowPart: Int64 = 10

  /// - Parameters:
  ///   - used: bytes on the disk of all data files; asked for only when there is a limit.
  ///   - free: bytes of the disk that are free and bytes of all of it; nil when nobody knows.
  /// - Returns: bytes that may be added, and below how many writers are slowed.
  static func reading(
    _ limits: QuotaLimits, used: () -> Int64, disk: (free: Int64, all: Int64)?
  ) -> (room: Int64, slowZone: Int64) {
    var result: (room: Int64, slowZone: Int64) = (.max / 2, 0)
    if let size = limits.size { result = (size - used(), size / slowPart) }
    if let disk {
      let reserve = limits.reserve.bytes(ofDisk: disk.all)
      if disk.free - reserve - reserve / slowPart < result.room - result.slowZone {
        result = (disk.free - reserve, reserve / slowPart)
      }
    }
    return result
  }

  /// Bytes of the disk of `path`; nil when it cannot be asked.
  static func disk(of path: String) -> (free: Int64, all: Int64)? {
    var information = statvfs()
    guard statvfs(path, &information) == 0 else { return nil }
    let unit = Int64(information.f_frsize)
    return (Int64(clamping: information.f_bavail) * unit, Int64(clamping: information.f_blocks) * unit)
  }
}

extension CacheFile {
  /// Bytes that the data file takes on the disk.
  var allocatedBytes: Int64 {
    var information = stat()
    return fstat(data.rawValue, &information) == 0 ? Int64(information.st_blocks) * 512 : 0
  }
}

extension WriteBackCache {
  /// What ``CacheQuota`` asks and does. It belongs to the cache, and must not keep it.
  var quotaHands: CacheQuota.Hands {
    CacheQuota.Hands(
      read: { [weak self] bytes in
        self?.quotaReading(for: bytes)
          ?? QuotaGate.Reading(room: .max / 2, slowZone: 0, canFree: false, progress: 0, time: MonotonicClock.now)
      },
      relieve: { [weak self] in self?.freeRoom() })
  }

  private func quotaReading(for bytes: Int64) -> QuotaGate.Reading {
    let files = state.withLock { Array($0.files.values) }
    let waiting = context.directory.removals.waitingBytes
    let (room, slowZone) = CacheRoom.reading(
      context.configuration.quota,
      used: { files.reduce(waiting + unreadableBytes) { $0 + $1.allocatedBytes } },
      disk: CacheRoom.disk(of: context.directory.path))
    // Far from a limit nobody asks what may free room, of which there may be thousands.
    if room - slowZone >= bytes {
      return QuotaGate.Reading(
        room: room, slowZone: slowZone, canFree: false, progress: 0, time: MonotonicClock.now)
    }
    var (canFree, progress) = (waiting > 0 || queue.isRunning, context.quota.freedCount)
    for file in files {
      file.state.withLock { state in
        guard state.isDirty, !state.retry.isParked, !state.isHeldBack else { return }
        if state.publishing != nil || state.retry.nextAttempt != nil { canFree = true }
        // Counts and sizes only grow while an upload gets on, so their sum changes.
        progress &+= UInt64(clamping: state.session?.table.sentBytes(ofSize: state.size) ?? 0)
      }
    }
    if !canFree { canFree = files.contains { $0.evictableSince != nil } }
    return QuotaGate.Reading(
      room: room, slowZone: slowZone, canFree: canFree, progress: progress, time: MonotonicClock.now)
  }

  /// Removes clean data files and uploads what waits for its time; what has failed keeps to its own times. If nothing was to be
  /// removed, that one of the clean copies that are open is given up that was used longest ago; a writer that needs more asks again.
  private func freeRoom() {
    let files = state.withLock { Array($0.files.values) }
    if context.directory.removals.run() > 0 {
      context.quota.noteFreed()
    } else {
      let clean = files.compactMap { file in file.evictableSince.map { (file, $0) } }.sorted { $0.1 < $1.1 }
      if clean.contains(where: { $0.0.evict() }) { context.quota.noteFreed() }
    }
    for file in files {
      let waits = file.state.withLock { state in
        state.isDirty && !state.retry.isParked && state.retry.attempts == 0 && state.publishing == nil
          && (state.retry.nextAttempt ?? 0) > MonotonicClock.now
      }
      if waits { queue.schedule(file, after: 0) }
    }
  }
}
