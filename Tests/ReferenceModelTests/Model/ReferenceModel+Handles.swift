// SPDX-License-Identifier: Apache-2.0

import VFS

/// Descriptors.
extension ReferenceModel {
  mutating func create(_ slot: Int, _ path: String, _ access: AccessMode, isExclusive: Bool) -> Outcome {
    guard slots[slot] == nil, access.allowsWriting else { return .skipped }
    switch find(path) {
    case .nothing(.ENOENT): break
    case .nothing(let errno): return .failed(errno)
    case .directory: return .failed(isExclusive ? .EEXIST : .EISDIR)
    case .file: return isExclusive ? .failed(.EEXIST) : open(slot, path, access, truncates: false)
    }
    guard case .directory = find(ReferenceModel.parent(path)) else { return .failed(.ENOENT) }
    let number = file(path, nil)
    files[number]?.copy = Copy(bytes: [], base: nil, isDirty: true, isExclusive: isExclusive)
    files[number]?.handles = 1
    files[number]?.writers = 1
    slots[slot] = Handle(file: number, mode: access, isChanged: true)
    return .done
  }

  mutating func open(_ slot: Int, _ path: String, _ access: AccessMode, truncates: Bool) -> Outcome {
    guard slots[slot] == nil else { return .skipped }
    let number: Int
    switch find(path) {
    case .nothing(let errno): return .failed(errno)
    case .directory: return .failed(.EISDIR)
    case .file(let known): number = file(path, known)
    }
    var handle = Handle(file: number, mode: access)
    files[number]?.handles += 1
    if access.allowsWriting {
      files[number]?.writers += 1
      makeCopy(number)
      if truncates {
        _ = resize(number, to: 0)
        handle.isChanged = true
      }
    } else if files[number]?.copy == nil {
      handle.object = bucket[path]
    }
    slots[slot] = handle
    return .done
  }

  mutating func write(_ slot: Int, at offset: Int?, _ bytes: [UInt8]) -> Outcome {
    guard let handle = slots[slot], handle.mode.allowsWriting, !bytes.isEmpty else { return .skipped }
    if files[handle.file]?.isConceded ?? true { return .failed(.ESTALE) }
    let size = files[handle.file]?.copy?.bytes.count ?? 0
    let start = offset ?? size
    // What replaces all of the object needs none of it.
    if let copy = files[handle.file]?.copy, copy.isSmallAndLacksMore(than: start..<(start + bytes.count), wholeSize),
      let errno = fetch(handle.file)
    {
      return .failed(errno)
    }
    change(handle.file, min(size, start)..<(start + bytes.count)) { content in
      while content.count < start + bytes.count { content.append(0) }
      content.replaceSubrange(start..<(start + bytes.count), with: bytes)
    }
    slots[slot]?.isChanged = true
    return .done
  }

  mutating func ftruncate(_ slot: Int, to size: Int) -> Outcome {
    guard let handle = slots[slot], handle.mode.allowsWriting else { return .skipped }
    if files[handle.file]?.isConceded ?? true { return .failed(.ESTALE) }
    if let errno = resize(handle.file, to: size) { return .failed(errno) }
    slots[slot]?.isChanged = true
    return .done
  }

  mutating func truncate(_ path: String, to size: Int) -> Outcome {
    let number: Int
    switch find(path) {
    case .nothing(let errno): return .failed(errno)
    case .directory: return .failed(.EISDIR)
    case .file(let known): number = file(path, known)
    }
    files[number]?.handles += 1
    defer { closed(number, wrote: false) }
    makeCopy(number)
    if let errno = resize(number, to: size) { return .failed(errno) }
    let hasWriter = files[number]?.writers != 0
    files[number]?.wasResizedByName = hasWriter
    guard !hasWriter, mode == .close else { return .done }
    return publish(number).map { .failed($0) } ?? .done
  }

  /// Usually one outcome; a handle whose version is gone may have it in memory still, or not.
  mutating func read(_ slot: Int, _ offset: Int, _ length: Int) -> [Outcome] {
    guard let handle = slots[slot], handle.mode.allowsReading, let file = files[handle.file] else { return [.skipped] }
    func part(_ bytes: [UInt8]) -> Outcome {
      .bytes(Array(bytes[min(offset, bytes.count)..<min(offset + length, bytes.count)]))
    }
    if let copy = file.copy, copy.missing.isEmpty || copy.changes > 0 {
      let wanted = offset..<max(offset, min(offset + length, copy.bytes.count))
      guard !copy.missing.isDisjoint(RangeSet(wanted)), let errno = fetch(handle.file, wanted) else {
        return [part(copy.bytes)]
      }
      return [.failed(errno)]
    }
    let gone: [Outcome] = [.failed(.ESTALE), .failed(.ENOENT)]
    guard let object = handle.object ?? file.copy.map({ Object(bytes: $0.bytes, version: $0.base ?? 0) }) else {
      return gone + [.failed(.EIO)]
    }
    if let path = file.path, bucket[path]?.version == object.version { return [part(object.bytes)] }
    return [part(object.bytes)] + gone
  }

  mutating func close(_ slot: Int) -> Outcome {
    guard let handle = slots[slot] else { return .skipped }
    let outcome = flush(slot)
    release(slot, handle)
    return outcome
  }

  private mutating func release(_ slot: Int, _ handle: Handle) {
    let isChanged = isChanged(slots[slot])
    slots[slot] = nil
    // The last word, for what no close has published.
    if isChanged, mode == .close, let file = files[handle.file], file.path != nil, !(file.copy?.hasFailed ?? true) {
      _ = publish(handle.file)
    }
    closed(handle.file, wrote: handle.mode.allowsWriting)
  }
}
