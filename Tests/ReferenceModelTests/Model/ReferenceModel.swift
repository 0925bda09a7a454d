// SPDX-License-Identifier: Apache-2.0
//
// What a user of a mount must see, in a hundred lines of rules: docs/SEMANTICS.md as a value. Pure, independent of the product.
//
// For: running beside a real mount, step by step. State: the bucket (keys to bytes, each write a new version), the files that are
// open or not yet uploaded, the slots of a program, and what the network does. A step changes it and tells the outcomes that are
// right; nearly always that is one.
// Time is not in it: when a background upload happens is the product's choice. It is told afterwards which ones happened
// (`settle`), and then says what they must have done to the bucket.
// What can go wrong: a rule that is wrong here. Then SEMANTICS decides, and DESIGN above it. Known differences are in KnownLimit.

import VFS

struct ReferenceModel {
  struct Object: Equatable {
    var bytes: [UInt8]
    var version: Int
  }

  /// The local copy of a file.
  struct Copy {
    var bytes: [UInt8]
    /// The version that the next upload replaces; nil when there was none.
    var base: Int?
    /// Its bytes are here; otherwise they are those of `base`, and must be fetched before a change.
    var isHere = true
    var isDirty = false
    var isExclusive = false
    /// Waits for a person.
    var isParked = false
    /// The bucket has, or had, an object under this name that goes when the name goes.
    var coversObject = false
    /// An upload of it got no answer, or its daemon was killed: nobody knows which version the bucket has.
    var isUnclear = false
    /// An upload of it has failed.
    var hasFailed = false
    /// Counts its changes.
    var changes = 0
    /// What an upload whose answer was lost has put into the bucket, and of which change that was.
    var unclear: (version: Int, change: Int)?

    /// Whether an object that the last try has put there is known as that (WriteEvidence): not when it says too little.
    func isRecognised(_ object: Object?) -> Bool {
      guard let unclear, let object else { return false }
      return object.version == unclear.version && changes == unclear.change && bytes.count >= 12
    }
  }

  struct File {
    /// Nil when it has no name any more.
    var path: String?
    var copy: Copy?
    var handles = 0
    var writers = 0
    /// Somebody else has its name, and its bytes went elsewhere.
    var isConceded = false
    /// Truncated by name while somebody had it open for writing.
    var wasResizedByName = false

    var isLocal: Bool { path != nil && copy.map { handles > 0 || $0.isDirty } ?? false }
  }

  struct Handle {
    var file: Int
    var mode: AccessMode
    /// Something was changed through it since the last close that succeeded.
    var isChanged = false
    /// What it reads when there is no copy.
    var object: Object?
  }

  /// What lost an exclusive race: parked under a key that somebody else has.
  struct Loser: Equatable {
    var key: String
    var bytes: [UInt8]
  }

  let mode: SequenceMode
  var bucket: [String: Object] = [:]
  var files: [Int: File] = [:]
  /// Of files with a name that are open or have a copy.
  var names: [String: Int] = [:]
  var slots: [Int: Handle] = [:]
  var losers: [Loser] = []
  var outage: FaultKind?
  private var lastNumber = 0
  /// Conflict copies that were made of a path.
  var conflicts: [String: Int] = [:]

  init(mode: SequenceMode) { self.mode = mode }

  mutating func number() -> Int {
    lastNumber += 1
    return lastNumber
  }

  // MARK: Paths

  static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  static func isInside(_ path: String, _ directory: String) -> Bool {
    directory.isEmpty || path.hasPrefix(directory + "/")
  }

  static func marker(_ directory: String) -> String { directory + "/" }

  /// A marker, any object below, or anything below that is only here.
  func isDirectory(_ path: String) -> Bool {
    path.isEmpty || bucket.keys.contains { ReferenceModel.isInside($0, path) }
      || files.values.contains { $0.isLocal && ReferenceModel.isInside($0.path ?? "", path) }
  }

  enum Found {
    case nothing(Errno)
    case directory
    /// Its number, if it is open or has a copy.
    case file(Int?)
  }

  /// Looks a path up as the kernel does, component by component. What is found to be gone loses its name.
  mutating func find(_ path: String) -> Found {
    if path.isEmpty { return .directory }
    switch find(ReferenceModel.parent(path)) {
    case .nothing(let errno): return .nothing(errno)
    case .file: return .nothing(.ENOTDIR)
    case .directory: break
    }
    if let number = names[path], files[number]?.isLocal ?? false { return .file(number) }
    if isDirectory(path) {
      return .directory
    }
    if bucket[path] != nil { return .file(names[path]) }
    for (name, number) in names where name == path || ReferenceModel.isInside(name, path) { detach(number) }
    return .nothing(.ENOENT)
  }

  // MARK: Files

  /// The file of a path that was found.
  mutating func file(_ path: String, _ known: Int?) -> Int {
    if let known { return known }
    let made = number()
    files[made] = File(path: path)
    names[path] = made
    return made
  }

  mutating func detach(_ number: Int) {
    if let path = files[number]?.path { names[path] = nil }
    files[number]?.path = nil
    files[number]?.copy?.isDirty = false
  }

  /// Opening for writing, or losing the name while open, makes a copy of what the bucket has.
  mutating func makeCopy(_ number: Int) {
    guard let file = files[number], file.copy == nil, let path = file.path, let object = bucket[path] else { return }
    files[number]?.copy = Copy(
      bytes: object.bytes, base: object.version, isHere: object.bytes.isEmpty, coversObject: true)
  }

  /// The whole object is fetched before its first change; it must still be the version that was opened.
  mutating func fetch(_ number: Int) -> Errno? {
    guard let file = files[number], let copy = file.copy, !copy.isHere else { return nil }
    guard let path = file.path, let object = bucket[path] else { return .ENOENT }
    guard object.version == copy.base else { return .ESTALE }
    files[number]?.copy?.isHere = true
    return nil
  }

  mutating func resize(_ number: Int, to size: Int) -> Errno? {
    if size > 0, let errno = fetch(number) { return errno }
    files[number]?.copy?.isHere = true
    change(number) { bytes in
      if size < bytes.count { bytes.removeLast(bytes.count - size) }
      while bytes.count < size { bytes.append(0) }
    }
    return nil
  }

  mutating func change(_ number: Int, _ body: (inout [UInt8]) -> Void) {
    guard var copy = files[number]?.copy else { return }
    files[number]?.copy = nil
    body(&copy.bytes)
    // Without a name it is nobody's business but the handle's.
    copy.isDirty = files[number]?.path != nil
    copy.changes += 1
    files[number]?.copy = copy
  }

  /// One user fewer: a copy goes when the bucket has everything.
  mutating func closed(_ number: Int, wrote: Bool) {
    files[number]?.handles -= 1
    if wrote { files[number]?.writers -= 1 }
    settleUnused(number)
  }

  mutating func settleUnused(_ number: Int) {
    guard let file = files[number], file.handles == 0, !(file.copy?.isDirty ?? false) else { return }
    if let path = file.path { names[path] = nil }
    files[number] = nil
  }

  /// The errno of a request that changes the bucket while the store refuses that.
  var refusal: Errno? {
    switch outage {
    case nil: nil
    // Only uploads lose their answers.
    case .lost: nil
    case .refuse, .drop: .ETIMEDOUT
    case .error, .slow: .EIO
    case .denied: .EACCES
    }
  }
}
