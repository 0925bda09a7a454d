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
    /// Bytes of that version; 0 for none.
    var baseSize = 0
    /// Which bytes are not here: they are those of `base`, at the same place.
    var missing = RangeSet<Int>()
    /// Some of `missing` may be here as well: how much is fetched at once is the product's choice, which is told later (`take`).
    var isVague = false
    /// What was written since it was clean, for one that lacked bytes then: what else is here does not outlive a crash.
    var written: RangeSet<Int>?
    var isDirty = false
    var isExclusive = false
    /// Waits for a person.
    var isParked = false
    /// The bucket has, or had, an object under this name that goes when the name goes.
    var coversObject = false
    /// An upload of it got no answer, or its daemon was killed: nobody knows which version the bucket has.
    var isUnclear = false
    /// The same may be so after an upload that failed in parts; which request failed is told later (`settle`).
    var isUndecided = false
    /// An upload of it has failed.
    var hasFailed = false
    /// Counts its changes.
    var changes = 0
    /// What uploads whose answers were lost have put into the bucket.
    var lost: [Lost] = []

    struct Lost {
      let version: Int
      /// Not when it has too few bytes (WriteEvidence), unless its program is gone.
      var isRecognised: Bool
    }

    /// Whether an object is known as one that an earlier try has put there.
    func isRecognised(_ object: Object?) -> Bool {
      lost.contains { $0.version == object?.version && $0.isRecognised }
    }

    /// - Parameter range: what was written; what is behind the end now is gone.
    mutating func note(_ range: Range<Int>) {
      let gone = bytes.count..<Int.max
      missing.remove(contentsOf: range)
      missing.remove(contentsOf: gone)
      written?.insert(contentsOf: range)
      written?.remove(contentsOf: gone)
    }

    /// Whether bytes of an object up to `wholeSize` are missing, of which `range` is not all: it is fetched before it is changed.
    func isSmallAndLacksMore(than range: Range<Int>, _ wholeSize: Int) -> Bool {
      baseSize <= wholeSize && !missing.isSubset(of: RangeSet(range))
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

  /// What lost a race and has no copy beside the winner: parked under a key that somebody else has.
  struct Loser: Equatable {
    var key: String
    var bytes: [UInt8]
    /// The rest of it was in the version that is gone.
    var isPartial = false
  }

  let mode: SequenceMode
  /// Objects up to this size are fetched whole before a change.
  let wholeSize: Int
  /// Files up to this size are uploaded in one request.
  let partSize: Int
  var bucket: [String: Object] = [:]
  var files: [Int: File] = [:]
  /// Of files with a name that are open or have a copy.
  var names: [String: Int] = [:]
  var slots: [Int: Handle] = [:]
  var losers: [Loser] = []
  var outage: FaultKind?
  /// Where an upload fails for two reasons: whether the one that is told is that its base is gone, and not the outage.
  private(set) var tellsOfTheBase = false
  private var lastNumber = 0
  /// Conflict copies that were made of a path.
  var conflicts: [String: Int] = [:]

  /// - Parameter wholeSize: nil: there are no copies of which only a part is here.
  init(mode: SequenceMode, partSize: Int64, wholeSize: Int? = nil) {
    self.mode = mode
    self.partSize = Int(partSize)
    self.wholeSize = wholeSize ?? .max
  }

  var isPartial: Bool { wholeSize != .max }

  /// Both ways to go on, where what fails first is the product's choice.
  var courses: [ReferenceModel] {
    if outage == nil || !isPartial { return [self] }
    return [false, true].map { choice in
      var model = self
      model.tellsOfTheBase = choice
      return model
    }
  }

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
    let size = object.bytes.count
    files[number]?.copy = Copy(
      bytes: object.bytes, base: object.version, baseSize: size, missing: RangeSet(0..<size), coversObject: true)
  }

  /// Brings missing bytes here; the object must still be the version that was opened.
  ///
  /// - Parameter wanted: which at least; nil: all.
  mutating func fetch(_ number: Int, _ wanted: Range<Int>? = nil) -> Errno? {
    guard let file = files[number], let copy = file.copy, !copy.missing.isEmpty else { return nil }
    guard let path = file.path, copy.base != nil, let object = bucket[path] else { return .ENOENT }
    guard object.version == copy.base else { return .ESTALE }
    files[number]?.copy?.missing.remove(contentsOf: wanted ?? 0..<Int.max)
    if wanted != nil { files[number]?.copy?.isVague = true }
    return nil
  }

  mutating func resize(_ number: Int, to size: Int) -> Errno? {
    guard let copy = files[number]?.copy else { return nil }
    let old = copy.bytes.count
    if size > 0, copy.isSmallAndLacksMore(than: min(old, size)..<Int.max, wholeSize), let errno = fetch(number) {
      return errno
    }
    change(number, min(old, size)..<size) { bytes in
      if size < bytes.count { bytes.removeLast(bytes.count - size) }
      while bytes.count < size { bytes.append(0) }
    }
    return nil
  }

  /// - Parameter range: what is written, with the gap before it.
  mutating func change(_ number: Int, _ range: Range<Int>, _ body: (inout [UInt8]) -> Void) {
    guard var copy = files[number]?.copy else { return }
    files[number]?.copy = nil
    let isWhole = copy.missing.isEmpty
    body(&copy.bytes)
    if !copy.isDirty { copy.written = isWhole || copy.bytes.isEmpty ? nil : RangeSet() }
    copy.note(range)
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

  /// Takes in which bytes are missing here: of each path.
  ///
  /// - Returns: what is wrong with that.
  mutating func take(_ missing: [String: RangeSet<Int>]) -> String? {
    for (path, number) in names.sorted(by: { $0.key < $1.key }) {
      guard let copy = files[number]?.copy, let told = missing[path] else { continue }
      guard copy.isVague ? told.isSubset(of: copy.missing) : told == copy.missing else {
        return "missing of \(path) must be \(copy.isVague ? "at most " : "")\(copy.missing.ranges), is \(told.ranges)"
      }
      files[number]?.copy?.missing = told
      files[number]?.copy?.isVague = false
    }
    return nil
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
