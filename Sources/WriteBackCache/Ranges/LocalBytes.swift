// SPDX-License-Identifier: Apache-2.0
//
// Which bytes of a local copy are here, which are in the bucket only, and which the bucket lacks. Pure.
//
// For: CacheFile, inside of its lock. A copy of a large object begins with nothing: what is written is here and dirty, what is
// read or sent is fetched. State: the size, the bytes that are missing here, the dirty ones, those that a sealed upload has taken
// along, and the stretches that somebody is changing right now.
// The rule that keeps fetched bytes from covering written ones: a change registers its stretch before it touches the file, and
// waits while fetched bytes are being put there; fetched bytes go only where bytes are missing and nobody is changing.
// What can go wrong: nothing here. A change that fails half-way is told with what it did.

import Transfer

struct LocalBytes: Sendable, Equatable {
  /// Tells one change under way from another.
  struct Change: Hashable, Sendable { let number: Int }

  /// Bytes of the file.
  private(set) var size: Int64
  /// Bytes that are in the bucket only: of the base, at the same place.
  private(set) var missing: ByteRanges
  /// Bytes that the base lacks, but for those that a sealed upload has.
  private(set) var dirty: ByteRanges
  /// Bytes that the upload under way brings to the bucket.
  private(set) var sealed = ByteRanges()
  private var changing: [Change: Range<Int64>] = [:]
  private var changeCount = 0
  /// Where fetched bytes are being put.
  private var installing = ByteRanges()

  /// A file that is here as a whole, and new.
  init(newFileOf size: Int64 = 0) {
    self.size = size
    missing = ByteRanges()
    dirty = ByteRanges(0..<size)
  }

  /// A copy of an object of which only `dirty` is here.
  init(baseSize: Int64, size: Int64, dirty: ByteRanges = []) {
    self.size = size
    self.dirty = dirty
    missing = ByteRanges(0..<min(baseSize, size))
    for range in dirty.ranges { missing.remove(range) }
  }

  var isWhole: Bool { missing.isEmpty }

  /// Whether any byte is here.
  var hasSome: Bool { size > 0 && missing != ByteRanges(0..<size) }

  var isChanging: Bool { !changing.isEmpty }

  // MARK: Changing

  /// Begins to write `range`.
  ///
  /// - Returns: nil while fetched bytes are being put there; try again then.
  mutating func beginWriting(_ range: Range<Int64>) -> Change? {
    // Behind the end it changes the gap, too.
    begin(min(size, range.lowerBound)..<range.upperBound)
  }

  /// Begins to make the file `size` bytes long; nil as in ``beginWriting(_:)``.
  mutating func beginResizing(to size: Int64) -> Change? { begin(min(self.size, size)..<Int64.max) }

  private mutating func begin(_ range: Range<Int64>) -> Change? {
    guard !installing.intersects(range) else { return nil }
    changeCount += 1
    let change = Change(number: changeCount)
    changing[change] = range
    return change
  }

  /// A write has ended.
  ///
  /// - Parameter written: what of it is in the file; empty when it failed.
  mutating func endWriting(_ change: Change, written: Range<Int64>) {
    changing[change] = nil
    guard !written.isEmpty else { return }
    if written.lowerBound > size { dirty.insert(size..<written.lowerBound) }
    missing.remove(written)
    dirty.insert(written)
    size = max(size, written.upperBound)
  }

  /// - Parameter newSize: nil when it failed.
  mutating func endResizing(_ change: Change, to newSize: Int64?) {
    changing[change] = nil
    guard let newSize else { return }
    missing.truncate(to: newSize)
    dirty.truncate(to: newSize)
    if newSize > size { dirty.insert(size..<newSize) }
    size = newSize
  }

  /// The empty file that ``beginResizing(to:)`` began with is a version of `size` bytes now that the bucket has, and nothing of it is
  /// here.
  mutating func endCopying(_ change: Change, size: Int64) {
    changing[change] = nil
    (self.size, missing, dirty) = (size, ByteRanges(0..<size), ByteRanges())
  }

  // MARK: Fetching

  /// Where bytes of `range` may be put that have been fetched; until ``endInstalling(_:)`` nobody changes them.
  mutating func beginInstalling(_ range: Range<Int64>) -> ByteRanges {
    var places = missing.intersection(range)
    for stretch in changing.values { places.remove(stretch) }
    for stretch in installing.ranges { places.remove(stretch) }
    installing.formUnion(places)
    return places
  }

  /// - Parameter isThere: false when they could not be written.
  mutating func endInstalling(_ places: ByteRanges, isThere: Bool = true) {
    for range in places.ranges {
      installing.remove(range)
      if isThere { missing.remove(range) }
    }
  }

  /// The missing bytes are as they were in the beginning: what was fetched is lost.
  mutating func forgetFetched(baseSize: Int64) {
    missing = ByteRanges(0..<min(baseSize, size))
    for range in dirty.ranges { missing.remove(range) }
    for range in sealed.ranges { missing.remove(range) }
  }

  // MARK: Evicting

  /// What was here of a copy that is being given up.
  struct Evicted: Equatable, Sendable {
    /// Bytes of the file.
    let size: Int64
    fileprivate let missing: ByteRanges
  }

  /// All bytes of a clean copy are about to go; until ``endEvicting(_:isGone:)`` nobody changes or fetches any.
  ///
  /// - Returns: nil when they are needed.
  mutating func beginEvicting() -> Evicted? {
    guard dirty.isEmpty, sealed.isEmpty, changing.isEmpty, installing.isEmpty else { return nil }
    let evicted = Evicted(size: size, missing: missing)
    missing = ByteRanges(0..<size)
    installing = missing
    return evicted
  }

  mutating func endEvicting(_ evicted: Evicted, isGone: Bool) {
    installing = ByteRanges()
    if !isGone { missing = evicted.missing }
  }

  // MARK: Publishing

  /// The bucket has none of the bytes that are here.
  mutating func becomeNew() {
    dirty = ByteRanges(0..<size)
    for range in missing.ranges { dirty.remove(range) }
  }

  /// Says more than it knows to be dirty, of a file that is whole, so as to say it in fewer words.
  mutating func coalesce() { if isWhole { dirty = ByteRanges(0..<size) } }

  /// An upload takes all changes along.
  mutating func seal() {
    sealed = dirty
    dirty = ByteRanges()
  }

  /// The bucket has them.
  mutating func sealWasPublished() { sealed = ByteRanges() }

  /// It has not.
  mutating func sealFailed() {
    dirty.formUnion(sealed.intersection(0..<size))
    sealed = ByteRanges()
  }
}
