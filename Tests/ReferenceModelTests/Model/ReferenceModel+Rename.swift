// SPDX-License-Identifier: Apache-2.0

import VFS

/// rename(2).
extension ReferenceModel {
  mutating func rename(_ from: String, _ to: String) -> Outcome {
    if ReferenceModel.isInside(to, from) || ReferenceModel.isInside(from, to) { return .skipped }
    // The kernel finds both parents first.
    for path in [from, to] {
      switch find(ReferenceModel.parent(path)) {
      case .nothing(let errno): return .failed(errno)
      case .file: return .failed(.ENOTDIR)
      case .directory: break
      }
    }
    let (source, target) = (find(from), find(to))
    switch (source, target) {
    case (.nothing(let errno), _): return .failed(errno)
    case (.file, .directory): return .failed(.EISDIR)
    case (.directory, .file): return .failed(.ENOTDIR)
    case (.file(let number), .file(let replaced)):
      let version = replaced.flatMap { files[$0]?.copy }.map(\.base) ?? bucket[to]?.version
      return from == to ? .done : renameFile(from, number, to, replacing: replaced, version)
    case (.file(let number), .nothing): return renameFile(from, number, to, replacing: nil, nil)
    case (.directory, _):
      if from == to { return .done }
      if case .directory = target, !isEmpty(to) { return .failed(.ENOTEMPTY) }
      return renameDirectory(from, to)
    }
  }

  /// - Parameter version: of the target, that the program has seen there.
  private mutating func renameFile(
    _ from: String, _ number: Int?, _ to: String, replacing target: Int?, _ version: Int?
  ) -> Outcome {
    if let errno = keepBytes(target) ?? keepDirectory(of: from) { return .failed(errno) }
    // What the bucket may have, or has the rest of, is uploaded under the old name, and then copied by the store.
    if let number, let copy = files[number]?.copy, copy.isDirty, copy.coversObject || !copy.missing.isEmpty,
      let errno = publish(number)
    {
      return .failed(errno)
    }
    if let number, files[number]?.copy?.isDirty ?? false {
      moveHere(number, replacing: target, version)
    } else {
      if let errno = moveClean(number, from, to) { return .failed(errno) }
    }
    forgetName(target)
    if let number {
      names[from] = nil
      files[number]?.path = to
      names[to] = number
      settleUnused(number)
    }
    return .done
  }

  /// What was never uploaded moves here only, and will replace the target's object, whatever that is when nobody knows.
  private mutating func moveHere(_ number: Int, replacing target: Int?, _ version: Int?) {
    let isUnclear = target.flatMap { files[$0]?.copy }?.isUnclear ?? false
    files[number]?.copy?.base = isUnclear ? nil : version
    files[number]?.copy?.coversObject = isUnclear || version != nil
    files[number]?.copy?.isUnclear = isUnclear
    files[number]?.copy?.isExclusive = false
  }

  private mutating func moveClean(_ number: Int?, _ from: String, _ to: String) -> Errno? {
    if let refusal { return refusal }
    guard let object = bucket[from] else { return .ENOENT }
    if let base = number.flatMap({ files[$0]?.copy })?.base, base != object.version { return .ESTALE }
    put(to, object.bytes)
    bucket[from] = nil
    follow(object.version, to)
    if let number { files[number]?.copy?.base = bucket[to]?.version }
    return nil
  }

  /// Open files go on under the new name, those that have the version that moved.
  private mutating func follow(_ version: Int, _ to: String) {
    for (slot, handle) in slots where handle.object?.version == version { slots[slot]?.object = bucket[to] }
  }

  private mutating func renameDirectory(_ from: String, _ to: String) -> Outcome {
    if let errno = keepDirectory(of: from) ?? refusal { return .failed(errno) }
    var versions: [Int: Int] = [:]
    for (key, object) in bucket where ReferenceModel.isInside(key, from) {
      let newKey = to + key.dropFirst(from.count)
      put(newKey, object.bytes)
      bucket[key] = nil
      versions[object.version] = bucket[newKey]?.version
      follow(object.version, newKey)
    }
    if bucket[ReferenceModel.marker(to)] == nil { put(ReferenceModel.marker(to), []) }
    for (path, number) in names where ReferenceModel.isInside(path, from) {
      let newPath = to + path.dropFirst(from.count)
      names[path] = nil
      names[newPath] = number
      files[number]?.path = newPath
      files[number]?.copy?.isExclusive = false
      // A version that somebody else had replaced is still replaced under the new name; what was deleted is not there either.
      if let base = files[number]?.copy?.base {
        files[number]?.copy?.base = versions[base] ?? (bucket[newPath] == nil ? nil : -1)
        files[number]?.copy?.coversObject = bucket[newPath] != nil
      }
    }
    return .done
  }
}
