// SPDX-License-Identifier: Apache-2.0

import VFS

/// Names and directories.
extension ReferenceModel {
  mutating func mkdir(_ path: String) -> Outcome {
    switch find(path) {
    case .nothing(.ENOENT): break
    case .nothing(let errno): return .failed(errno)
    case .directory, .file: return .failed(.EEXIST)
    }
    guard case .directory = find(ReferenceModel.parent(path)) else { return .failed(.ENOENT) }
    if let refusal { return .failed(refusal) }
    put(ReferenceModel.marker(path), [])
    return .done
  }

  mutating func rmdir(_ path: String) -> Outcome {
    switch find(path) {
    case .nothing(let errno): return .failed(errno)
    case .file: return .failed(.ENOTDIR)
    case .directory: break
    }
    if !isEmpty(path) { return .failed(.ENOTEMPTY) }
    if let errno = keepDirectory(of: path) ?? refusal { return .failed(errno) }
    bucket[ReferenceModel.marker(path)] = nil
    return .done
  }

  func isEmpty(_ directory: String) -> Bool {
    !bucket.keys.contains { ReferenceModel.isInside($0, directory) && $0 != ReferenceModel.marker(directory) }
      && !files.values.contains { $0.isLocal && ReferenceModel.isInside($0.path ?? "", directory) }
  }

  /// Before `path` goes: a directory without a marker that has nothing else in the bucket gets one.
  mutating func keepDirectory(of path: String) -> Errno? {
    let parent = ReferenceModel.parent(path)
    if parent.isEmpty || bucket[ReferenceModel.marker(parent)] != nil { return nil }
    let others = bucket.keys.contains {
      ReferenceModel.isInside($0, parent) && $0 != path && !ReferenceModel.isInside($0, path)
    }
    if others { return nil }
    if let refusal { return refusal }
    put(ReferenceModel.marker(parent), [])
    return nil
  }

  mutating func put(_ key: String, _ bytes: [UInt8]) { bucket[key] = Object(bytes: bytes, version: number()) }

  mutating func unlink(_ path: String) -> Outcome {
    let known: Int?
    switch find(path) {
    case .nothing(let errno): return .failed(errno)
    case .directory: return .failed(.EISDIR)
    case .file(let number): known = number
    }
    if let errno = keepBytes(known) ?? keepDirectory(of: path) { return .failed(errno) }
    let isInBucket = known.flatMap { files[$0]?.copy }.map(\.coversObject) ?? true
    if isInBucket {
      if let refusal { return .failed(refusal) }
      bucket[path] = nil
    }
    forgetName(known)
    return .done
  }

  /// Whoever has a file open that loses its name goes on with its bytes.
  mutating func keepBytes(_ number: Int?) -> Errno? {
    guard let number, files[number]?.handles ?? 0 > 0 else { return nil }
    makeCopy(number)
    return fetch(number)
  }

  mutating func forgetName(_ number: Int?) {
    guard let number else { return }
    detach(number)
    settleUnused(number)
  }

  mutating func readdir(_ path: String) -> Outcome {
    switch find(path) {
    case .nothing(let errno): return .failed(errno)
    case .file: return .failed(.ENOTDIR)
    case .directory: break
    }
    var found: Set<String> = []
    let prefix = path.isEmpty ? "" : path + "/"
    let local = files.values.filter(\.isLocal).compactMap(\.path)
    for key in Array(bucket.keys) + local where key.hasPrefix(prefix) && key != prefix {
      found.insert(String(key.dropFirst(prefix.count).prefix { $0 != "/" }))
    }
    return .names(found.sorted())
  }

  mutating func stat(_ path: String) -> Outcome {
    switch find(path) {
    case .nothing(let errno): return .failed(errno)
    case .directory: return .directory
    case .file(let known):
      if let number = known, let file = files[number], file.isLocal { return .size(file.copy?.bytes.count ?? 0) }
      return .size(bucket[path]?.bytes.count ?? 0)
    }
  }

  // MARK: Another client

  /// Nothing where that would be a file below a file.
  mutating func remotePut(_ path: String, _ bytes: [UInt8]) -> Outcome {
    if isDirectory(path) { return .skipped }
    var parent = ReferenceModel.parent(path)
    while !parent.isEmpty {
      if bucket[parent] != nil || names[parent] != nil { return .skipped }
      parent = ReferenceModel.parent(parent)
    }
    put(path, bytes)
    return .done
  }

  mutating func remoteDelete(_ path: String) -> Outcome {
    guard bucket[path] != nil else { return .skipped }
    bucket[path] = nil
    return .done
  }
}
