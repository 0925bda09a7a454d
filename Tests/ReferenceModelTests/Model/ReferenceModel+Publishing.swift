// SPDX-License-Identifier: Apache-2.0

import VFS

/// Bringing files to the bucket, and what happens to two writers.
extension ReferenceModel {
  /// What close, fsync and truncate do with a dirty file in mode `close`. Nil when the bucket has everything.
  mutating func publish(_ number: Int) -> Errno? {
    guard let file = files[number], let path = file.path, let copy = file.copy, copy.isDirty else { return nil }
    let object = bucket[path]
    let replacesAny = copy.base == nil && !copy.isExclusive
    // The last request is for what was seen; one that replaces whatever is there is made again with that.
    var isRefused = copy.isExclusive || replacesAny ? object != nil : copy.base != object?.version
    if !copy.missing.isEmpty { files[number]?.copy?.isVague = true }
    if !copy.missing.isEmpty, isRefused && !copy.isRecognised(object) || copy.base == nil,
      outage == nil || outage == .lost || tellsOfTheBase
    {
      return lostItsBase(number)
    }
    // Of a large object the store copies a part first, if that is less to send; missing bytes are fetched first. That tells.
    let copiesFirst = tellsOfTheBase && copy.base != nil && copy.bytes.count > wholeSize
    if isRefused, copy.isRecognised(object), copiesFirst || !copy.missing.isEmpty && (outage == .lost || tellsOfTheBase)
    {
      // An earlier try that was done is the base from then on.
      files[number]?.copy?.base = object?.version
      files[number]?.copy?.lost = []
      isRefused = false
    }
    if let refusal {
      refused(number)
      return refusal
    }
    if outage == .lost, !(isRefused && object != nil && !copy.isRecognised(object) && copiesFirst) {
      files[number]?.copy?.hasFailed = true
      files[number]?.copy?.isUnclear = true
      if !isRefused {
        let version = self.number()
        bucket[path] = Object(bytes: copy.bytes, version: version)
        files[number]?.copy?.lost.append(Copy.Lost(version: version, isRecognised: copy.bytes.count >= 12))
        files[number]?.copy?.coversObject = true
      }
      return .ETIMEDOUT
    }
    // Nobody has the name of what another client deleted.
    let isFree = object == nil && !copy.isExclusive || replacesAny
    if isRefused, !isFree, !copy.isRecognised(object) {
      concede(number)
      return copy.isExclusive ? .EEXIST : .ESTALE
    }
    if !isRefused || isFree || object?.bytes != copy.bytes {
      bucket[path] = Object(bytes: copy.bytes, version: self.number())
    }
    uploaded(number, to: path)
    return nil
  }

  /// Only a part of it is here, and the rest is not in the bucket any more: with no other version there it keeps its name.
  private mutating func lostItsBase(_ number: Int) -> Errno {
    guard let path = files[number]?.path, bucket[path] != nil, files[number]?.copy?.base != nil else {
      files[number]?.copy?.hasFailed = true
      files[number]?.copy?.isParked = true
      return .ENOENT
    }
    concede(number)
    return .ESTALE
  }

  mutating func refused(_ number: Int) {
    files[number]?.copy?.hasFailed = true
    files[number]?.copy?.isParked = outage == .denied
    // No answer, or one that does not say that nothing was done: there may be an object now, which goes with the name.
    guard outage == .drop || outage == .error || outage == .slow, let copy = files[number]?.copy else { return }
    // Only the last request of an upload in parts makes an object.
    if copy.bytes.count > partSize, !copy.isUnclear {
      files[number]?.copy?.isUndecided = true
    } else {
      isUnclear(number)
    }
  }

  private mutating func isUnclear(_ number: Int) {
    files[number]?.copy?.coversObject = true
    files[number]?.copy?.isUnclear = true
  }

  /// The bucket has `path` as the file is.
  mutating func uploaded(_ number: Int, to path: String) {
    guard var copy = files[number]?.copy else { return }
    (copy.base, copy.baseSize) = (bucket[path]?.version, copy.bytes.count)
    copy.isDirty = false
    copy.isExclusive = false
    copy.isParked = false
    copy.hasFailed = false
    copy.coversObject = true
    (copy.isUnclear, copy.isUndecided) = (false, false)
    copy.lost = []
    files[number]?.copy = copy
  }

  /// Somebody else has the name. The bytes that were written here go beside it.
  private mutating func concede(_ number: Int) {
    guard let path = files[number]?.path, let copy = files[number]?.copy else { return }
    detach(number)
    files[number]?.copy = nil
    files[number]?.isConceded = true
    if copy.isExclusive || !copy.missing.isEmpty {
      // KnownLimit.exclusiveLosersStayParked
      losers.append(Loser(key: path, bytes: copy.bytes, isPartial: !copy.missing.isEmpty))
    } else {
      let count = conflicts[path, default: 0] + 1
      conflicts[path] = count
      let name = "\(path)\(ConflictNames.mark)\(count)"
      let made = file(name, nil)
      files[made]?.copy = Copy(bytes: copy.bytes, base: nil, isDirty: true, isExclusive: true)
    }
    settleUnused(number)
  }

  /// What a close does with the changes of its handle.
  mutating func flush(_ slot: Int) -> Outcome {
    guard let handle = slots[slot] else { return .skipped }
    guard isChanged(handle) else { return .done }
    return sync(slot)
  }

  /// Whether a close of `handle` has something to publish: its own changes, or one that was made by name.
  func isChanged(_ handle: Handle?) -> Bool {
    guard let handle else { return false }
    return handle.isChanged || handle.mode.allowsWriting && files[handle.file]?.wasResizedByName ?? false
  }

  /// What fsync does, and a close that has something to publish.
  mutating func sync(_ slot: Int) -> Outcome {
    guard let handle = slots[slot], let file = files[handle.file] else { return .skipped }
    if file.isConceded { return handle.isChanged || file.wasResizedByName ? .failed(.ESTALE) : .done }
    if mode == .close, let errno = publish(handle.file) { return .failed(errno) }
    slots[slot]?.isChanged = false
    files[handle.file]?.wasResizedByName = false
    return .done
  }

  // MARK: The background

  /// What a try in the background, whose answer is lost, has put into the bucket.
  mutating func settleLost(_ contents: [String: [UInt8]]) {
    guard outage == .lost else { return }
    for (path, number) in names {
      guard let copy = files[number]?.copy, copy.isDirty, contents[path] == copy.bytes,
        bucket[path]?.bytes != copy.bytes
      else { continue }
      // What somebody had deleted was published anew.
      if bucket[path] == nil { files[number]?.copy?.base = nil }
      _ = publish(number)
    }
  }

  /// A file that waits for its upload, as the mount lists it.
  struct Waiting: Equatable {
    var key: String
    var isParked: Bool
    /// Somebody else has its name.
    var isConflict: Bool
    /// Nobody knows whether the bucket has it.
    var isUnclear: Bool
  }

  /// Takes in which uploads the background has tried since the last step: those that are not in the list any more, or parked.
  ///
  /// - Parameter waiting: what the mount lists now.
  /// - Returns: what is wrong with the list.
  mutating func settle(_ waiting: [Waiting]) -> String? {
    var tried: Set<Int> = []
    // A conflict makes a new file, which may have been uploaded as well.
    while let number = nextTried(waiting, except: tried) {
      tried.insert(number)
      _ = publish(number)
      settleUnused(number)
    }
    for (path, number) in names where files[number]?.copy?.isUndecided ?? false {
      guard let entry = waiting.first(where: { $0.key == path && !$0.isConflict }) else { continue }
      files[number]?.copy?.isUndecided = false
      if entry.isUnclear { isUnclear(number) }
    }
    func text(_ key: String, isConflict: Bool) -> String { isConflict ? "\(key) (conflict)" : key }
    let dirty = names.filter { files[$0.value]?.copy?.isDirty ?? false }
    let expected = dirty.map(\.key) + losers.map { text($0.key, isConflict: true) }
    let listed = waiting.map { text($0.key, isConflict: $0.isConflict) }
    if expected.sorted() != listed.sorted() {
      return "not in the bucket must be \(expected.sorted()), the mount lists \(listed.sorted())"
    }
    return nil
  }

  /// A dirty file that is not listed as waiting any more.
  private func nextTried(_ waiting: [Waiting], except tried: Set<Int>) -> Int? {
    names.sorted { $0.key < $1.key }.first { path, number in
      guard let copy = files[number]?.copy, copy.isDirty, !tried.contains(number) else { return false }
      let entries = waiting.filter { $0.key == path }
      let isUntried = entries.contains { !$0.isParked }
      let isParked = entries.filter(\.isParked).count > losers.filter { $0.key == path }.count
      return !isUntried && !(isParked && copy.isParked)
    }?.value
  }
}
