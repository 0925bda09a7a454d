// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing
import WriteBackCache

@testable import BucketFileSystem

@Suite("What may go after an interrupted rename") struct RenameRemainsTests {
  /// "NAME=TAG" or "NAME=TAG>COPY": what was copied; markers end in a slash and are empty.
  private static func copies(_ words: String) -> [PendingRename.Copy] {
    words.split(separator: " ").map { word in
      let (name, tags) = halves(word, "=")
      let (tag, copy) = halves(Substring(tags), ">")
      return PendingRename.Copy(
        name: name, etag: ETag(tag), size: size(name), lastModified: 7, copy: copy.isEmpty ? nil : ETag(copy))
    }
  }

  private static func halves(_ word: Substring, _ separator: Character) -> (String, String) {
    let parts = word.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    return (parts[0], parts.count > 1 ? parts[1] : "")
  }

  private static func size(_ name: String) -> Int64 { name.isEmpty || name.hasSuffix("/") ? 0 : 5 }

  /// "NAME=TAG": what is listed.
  private static func listed(_ words: String, time: Int64 = 7) -> [ObjectKey: ListedObject] {
    Dictionary(
      words.split(separator: " ").map { word in
        let (name, tag) = halves(word, "=")
        return (
          ObjectKey(name), ListedObject(key: ObjectKey(name), size: size(name), etag: ETag(tag), lastModified: time)
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  private static func words(_ names: Set<ObjectKey>) -> String {
    names.sorted().map { $0.string.isEmpty ? "." : $0.string }.joined(separator: " ")
  }

  /// SEMANTICS: rename-crash
  @Test(
    arguments: [
      ("a=1>2 b=3>4", "a=1 b=3", "a=2 b=4", "a b", "all of it"),
      ("a=1>2 b=3>4", "b=3", "a=2 b=4", "b", "what is left"),
      ("a=1>2 b=3>4", "a=9 b=3", "a=2 b=4", "b", "changed by somebody else"),
      ("a=1>2 b=3>4", "a=1 b=3", "b=4", "b", "its copy is gone: this is the only one"),
      ("a=1>2 b=3>4", "a=1 b=3", "a=8 b=4", "a b", "its copy was changed since"),
      ("a=1 b=3", "a=1 b=3", "a=1 b=3", "a b", "the same tags in both"),
      ("a=1>2", "a=1 c=5", "a=2", "a", "made by somebody else"),
      ("=0 a=1>2 s/=0 s/b=3>4", "=0 a=1 s/=0 s/b=3", "=0 a=2 s/=0 s/b=4", ". a s/ s/b", "with markers"),
      ("=0 a=1>2 s/=0 s/b=3>4", "=0 a=1 s/=0 s/b=9", "=0 a=2 s/=0 s/b=4", "a", "what leads to what stays, stays"),
      ("=0 s/=0", "=0 s/=0 s/t/c=5", "=0 s/=0", "", "deeper"),
      ("=0", "=0", "", ".", "nothing is left but a marker, whose bytes are none"),
    ] as [(String, String, String, String, String)])
  func finishing(copies: String, old: String, new: String, expected: String, note: String) {
    let remains = RenameRemains(copies: Self.copies(copies), old: Self.listed(old), new: Self.listed(new))
    #expect(Self.words(remains.leftovers()) == expected, "\(note)")
  }

  /// The same bytes once more, later: somebody has put them there again.
  /// SEMANTICS: rename-crash
  @Test func anObjectOfAnotherTimeStays() {
    let remains = RenameRemains(
      copies: Self.copies("a=1>2"), old: Self.listed("a=1", time: 8), new: Self.listed("a=2"))
    #expect(remains.leftovers() == [])
  }

  /// SEMANTICS: rename-crash
  @Test(
    arguments: [
      ("a=1>2 b=3", "a=1 b=3", "a=2 b=3", false, "a", "b", "one without an answer"),
      ("a=1>2 b=3", "a=1 b=3", "a=2", false, ". a", "", "one was not made"),
      ("a=1>2", "a=1", "a=9", false, "", "", "somebody has written there"),
      ("a=1>2", "", "a=2", false, "", "", "its source is gone: this is the only one"),
      ("a=1>2", "a=9", "a=2", false, ". a", "", "its source was changed since"),
      ("a=1-2", "a=1-2", "a=7", false, "", "a", "perhaps a copy with another tag"),
      ("a=1-2", "a=9", "a=7", false, "", "", "no copy of what is there now"),
      ("a=1>2", "a=1", "a=2 x=5", false, "a", "", "somebody has made something there"),
      ("=0 a=1>2 s/=0", "=0 a=1 s/=0", "=0 a=2 s/=0", false, ". a s/", "", "with markers"),
      ("=0 a=1>2 s/=0", "=0 a=1 s/=0", "=0 a=2 s/=0 s/x=5", false, "a", "", "what leads to what stays, stays"),
      ("=0 a=1>2", "=0 a=1", "=0 a=2", true, "a", "", "an empty directory was there before"),
    ] as [(String, String, String, Bool, String, String, String)])
  func undoing(
    copies: String, old: String, new: String, keepsMarker: Bool, expected: String, unclear: String, note: String
  ) {
    let remains = RenameRemains(copies: Self.copies(copies), old: Self.listed(old), new: Self.listed(new))
    #expect(Self.words(remains.undone(keepsMarker: keepsMarker)) == expected, "\(note)")
    #expect(remains.unclear == unclear.split(separator: " ").map { ObjectKey(String($0)) }, "\(note)")
    if !unclear.isEmpty {
      #expect(
        Self.words(remains.undone(keepsMarker: keepsMarker, same: [ObjectKey(unclear)]))
          == (expected.isEmpty ? ". " : ". a ") + unclear, "\(note)")
    }
  }

  /// What was there before its source was is nobody's copy of it.
  @Test func anOlderObjectIsNoCopy() {
    let remains = RenameRemains(
      copies: Self.copies("a=1"), old: Self.listed("a=1"), new: Self.listed("a=1", time: 6))
    #expect(remains.unclear == [] && remains.undone(keepsMarker: true) == [])
  }

  /// `é` in one code point and in two: two names.
  /// SEMANTICS: rename-crash
  @Test func namesAreTheirBytes() {
    let (one, two) = ("\u{E9}", "e\u{301}")
    #expect(one == two)
    var remains = RenameRemains(
      copies: Self.copies("\(one)=1>2 \(two)=3>4"), old: Self.listed("\(one)=1 \(two)=3"),
      new: Self.listed("\(one)=2 \(two)=4"))
    #expect(remains.leftovers() == [ObjectKey(one), ObjectKey(two)])
    #expect(remains.undone(keepsMarker: true) == [ObjectKey(one), ObjectKey(two)])
    remains.new[ObjectKey(two)] = nil
    #expect(remains.leftovers() == [ObjectKey(one)])
    #expect(remains.undone(keepsMarker: true) == [ObjectKey(one)])
  }

  /// The next mount tries again what was refused: an empty directory may have been made since, or emptied.
  /// SEMANTICS: rename-fails
  @Test func aDirectoryOfAnotherTimeStays() {
    var remains = RenameRemains(
      copies: Self.copies("=0 s/=0"), isLate: true, old: Self.listed("=0 s/=0"), new: Self.listed("=0"))
    #expect(Self.words(remains.leftovers()) == "")
    remains.new = Self.listed("=0 s/=0")
    #expect(Self.words(remains.leftovers()) == ". s/")
    #expect(Self.words(remains.undone(keepsMarker: true)) == "")
    remains.old = Self.listed("=0 s/=0", time: 8)
    #expect(Self.words(remains.leftovers()) == "")
  }

  /// Some stores go on listing a directory whose last object is gone.
  @Test func directoriesWithoutMarkersGoToo() {
    var remains = RenameRemains(
      copies: Self.copies("a/b/c=1>2 d=3>4"), old: Self.listed("a/b/c=1 d=3"), new: Self.listed("a/b/c=2 d=4"))
    #expect(Self.words(remains.leftovers(alsoImplied: true)) == ". a/ a/b/ a/b/c d")
    #expect(Self.words(remains.undone(keepsMarker: true, alsoImplied: true)) == "a/ a/b/ a/b/c d")
    remains.old[ObjectKey("a/x")] = remains.old[ObjectKey("d")]
    #expect(Self.words(remains.leftovers(alsoImplied: true)) == "a/b/ a/b/c d")
  }
}
