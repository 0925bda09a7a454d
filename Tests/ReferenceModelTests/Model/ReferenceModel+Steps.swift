// SPDX-License-Identifier: Apache-2.0

import VFS

/// One step of a program, and the outcomes that are right; what happens to daemons.
extension ReferenceModel {
  mutating func perform(_ operation: ModelOperation) -> [Outcome] {
    switch operation {
    case .create(let slot, let path, let access, let isExclusive):
      [create(slot, path, access, isExclusive: isExclusive)]
    case .open(let slot, let path, let access, let truncates):
      [open(slot, path, access, truncates: truncates && access.allowsWriting)]
    case .write(let slot, let offset, let length, let seed):
      [write(slot, at: offset, ModelOperation.bytes(length, seed))]
    case .append(let slot, let length, let seed): [write(slot, at: nil, ModelOperation.bytes(length, seed))]
    case .read(let slot, let offset, let length): read(slot, offset, length)
    case .ftruncate(let slot, let size): [ftruncate(slot, to: size)]
    case .truncate(let path, let size): [truncate(path, to: size)]
    case .fsync(let slot): [sync(slot)]
    case .flush(let slot): [flush(slot)]
    case .childFlush(let slot): [slots[slot] == nil ? .skipped : .done]
    case .close(let slot): [close(slot)]
    case .rename(let from, let to): [rename(from, to)]
    case .unlink(let path): [unlink(path)]
    case .mkdir(let path): [mkdir(path)]
    case .rmdir(let path): [rmdir(path)]
    case .readdir(let path): [readdir(path)]
    case .stat(let path): [stat(path)]
    case .cat(let path): cat(path)
    case .forget: [.done]
    case .put, .delete, .crash, .outage, .recover, .blip, .drain, .check: [.skipped]
    }
  }

  private mutating func cat(_ path: String) -> [Outcome] {
    let slot = -1
    let opened = open(slot, path, .read, truncates: false)
    guard case .done = opened else { return [opened] }
    defer { _ = close(slot) }
    return read(slot, 0, 1 << 25)
  }

  /// kill -9: descriptors are gone, and what was not dirty. Everything that was acknowledged is there.
  mutating func crash() {
    slots = [:]
    for (number, file) in files {
      // The daemon may have died with its upload under way.
      files[number]?.copy?.coversObject = true
      files[number]?.copy?.isUnclear = true
      files[number]?.copy?.crash()
      files[number]?.handles = 0
      files[number]?.writers = 0
      files[number]?.wasResizedByName = false
      if file.path == nil || !(file.copy?.isDirty ?? false) {
        detach(number)
        files[number] = nil
      }
    }
  }

  /// Somebody asks for another try of what is parked.
  mutating func retryParked() {
    for (number, file) in files where file.copy?.isParked ?? false { files[number]?.copy?.isParked = false }
    // A loser whose winner is gone since has won.
    let tried = losers
    losers = []
    for loser in tried {
      if bucket[loser.key] == nil, !loser.isPartial { put(loser.key, loser.bytes) } else { losers.append(loser) }
    }
  }

  /// Another machine mounts the bucket.
  mutating func startAnew() {
    (files, names, slots, losers) = ([:], [:], [:], [])
  }
}

extension ReferenceModel.Copy {
  /// What was fetched is not known to be here any more, unless all of it was, or there is no base to fetch it from.
  mutating func crash() {
    for index in lost.indices { lost[index].isRecognised = true }
    let isKnownAsWhole = missing.isEmpty && base == nil
    missing = RangeSet()
    if let written, !isKnownAsWhole { missing = RangeSet(0..<min(baseSize, bytes.count)).subtracting(written) }
    // What was fetched for an upload may outlive a crash, and the next run tries at once.
    isVague = !missing.isEmpty
  }
}
