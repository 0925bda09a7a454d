// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem
@testable import WriteBackCache

/// A rename of a directory that ends on its way: what the next run makes of it.
@Suite("Renames of directories that are interrupted, on a real server", .serialized) struct DirectoryRenameCrashTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }
  private var gate: FaultyTransport { fixture.gate }
  private var caller: Caller { fixture.caller }

  init() throws { fixture = try FileSystemFixture(mode: .delayed(delay: 3_600)) { $0.retryDelay = 3_600...3_600 } }

  private static let isCopy: @Sendable (FaultyTransport.Sent) -> Bool = {
    $0.request.headers["x-amz-copy-source"] != nil
  }
  private static let isDeletion: @Sendable (FaultyTransport.Sent) -> Bool = {
    $0.request.method == .post && $0.request.url.contains("delete")
  }

  private func lookUp(_ path: String, in files: BucketFileSystem) throws -> InodeID {
    try path.split(separator: "/").reduce(InodeID.root) { parent, name in
      try files.lookup(parent, fixture.name(String(name)), caller: caller).attributes.inode
    }
  }

  private func write(_ text: String, to inode: InodeID) throws {
    let opened = try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY | O_TRUNC), caller: caller)
    try fixture.write(text, (inode, opened.handle))
    try fixture.close((inode, opened.handle))
  }

  /// Of `old`: `clean` and `sub/deep` are in the bucket, `dirty` too but was changed since, `new` is only here.
  private func makeTree() throws {
    let old = try files.mkdir(.root, fixture.name("old"), permissions: 0o755, caller: caller).attributes.inode
    let sub = try files.mkdir(old, fixture.name("sub"), permissions: 0o755, caller: caller).attributes.inode
    for (parent, name) in [(old, "clean"), (old, "dirty"), (sub, "deep")] {
      let file = try fixture.create(parent, name)
      try fixture.write(name, file)
      try fixture.close(file)
    }
    #expect(files.drain(timeout: 60).isEmpty)
    try write("changed", to: lookUp("old/dirty", in: files))
    let new = try fixture.create(old, "new")
    try fixture.write("new", new)
    try fixture.close(new)
  }

  private func startRename() -> BlockingWork.Started<Result<Void, any Error>> {
    BlockingWork.startJoinable { [self] in
      Result { try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller) }
    }
  }

  /// Objects with their bytes; markers are left out.
  private func stored() throws -> [String: String] {
    try Dictionary(
      uniqueKeysWithValues: fixture.other.list(fixture.bucket).map(\.key).filter { !$0.hasSuffix("/") }.map {
        ($0, String(decoding: try fixture.other.get(fixture.bucket, $0), as: UTF8.self))
      })
  }

  private func expect(_ expected: [String: String], after files: BucketFileSystem) throws {
    #expect(files.drain(timeout: 60).isEmpty)
    #expect(try stored() == expected)
    #expect(try files.cache.pendingRenames() == [])
  }

  private static let oldTree = ["old/clean": "clean", "old/dirty": "changed", "old/sub/deep": "deep", "old/new": "new"]
  private static let newTree = ["new/clean": "clean", "new/dirty": "changed", "new/sub/deep": "deep", "new/new": "new"]

  // MARK: Before it was decided

  /// Some copies are made, one of them without an answer; somebody else has written below the new name.
  /// SEMANTICS: rename-crash
  @Test func copiesThatWereMadeAreUndone() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isCopy($0) && $0.request.url.contains("new/clean") ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try waitForCopies(["new/dirty", "new/sub/", "new/sub/deep"])
      // What the store does before its answer comes.
      let source = try #require(try fixture.other.head(fixture.bucket, "old/clean"))
      try fixture.other.put(
        fixture.bucket, "new/clean", Array("clean".utf8), contentType: source.contentType,
        metadata: source.metadata)
      try fixture.other.put(fixture.bucket, "new/theirs", "theirs")
      gate.set { _ in .none }
      let again = try fixture.again()
      try expect(Self.oldTree.merging(["new/theirs": "theirs"]) { $1 }, after: again)
      _ = try lookUp("old/sub/deep", in: again)
      _ = try lookUp("new/theirs", in: again)
      #expect(throws: Errno.ENOENT) { try lookUp("new/clean", in: again) }
    }
    gate.open()
    _ = try await renaming.value()
  }

  /// The same bytes, and so the same tag, but not what the source says: nobody's copy.
  /// SEMANTICS: rename-crash
  @Test func whatHasOnlyTheBytesOfACopyStays() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isCopy($0) && $0.request.url.contains("new/clean") ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try waitForCopies(["new/dirty", "new/sub/", "new/sub/deep"])
      try fixture.other.put(fixture.bucket, "new/clean", "clean")
      gate.set { _ in .none }
      try expect(Self.oldTree.merging(["new/clean": "clean"]) { $1 }, after: fixture.again())
    }
    gate.open()
    _ = try await renaming.value()
  }

  /// SEMANTICS: rename-crash
  @Test func nothingIsLeftOfADirectoryThatWasNotThere() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isCopy($0) && $0.request.url.contains("new/dirty") ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try waitForCopies(["new/clean", "new/sub/", "new/sub/deep"])
      gate.set { _ in .none }
      let again = try fixture.again()
      #expect(throws: Errno.ENOENT) { try lookUp("new", in: again) }
      try expect(Self.oldTree, after: again)
    }
    gate.open()
    _ = try await renaming.value()
  }

  // MARK: A name that somebody else has taken

  /// What is known of the name here is old.
  /// SEMANTICS: rename-directory
  @Test func aTreeThatSomebodyElseHasMadeStays() async throws {
    try await BlockingWork.run { [self] in
      try makeTree()
      #expect(throws: Errno.ENOENT) { try lookUp("new", in: files) }
      try fixture.other.put(fixture.bucket, "new/clean", "theirs")
      #expect(throws: Errno.ENOTEMPTY) {
        try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      }
      try expect(Self.oldTree.merging(["new/clean": "theirs"]) { $1 }, after: files)
    }
  }

  /// The answer to a copy that was made is lost; the next attempt finds it.
  /// SEMANTICS: rename-directory
  @Test func aCopyWhoseAnswerWasLostIsKnownAgain() async throws {
    try await BlockingWork.run { [self] in
      try makeTree()
      let isLost = Lock(false)
      gate.set { sent in
        guard Self.isCopy(sent), sent.request.url.contains("new/clean") else { return .none }
        return isLost.withLock { isLost in
          defer { isLost = true }
          return isLost ? .none : .loseAnswer
        }
      }
      try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      #expect(isLost.withLock { $0 })
      gate.open()
      try expect(Self.newTree, after: files)
    }
  }

  /// Somebody else makes an object below the new name while the copies are made.
  /// SEMANTICS: rename-directory
  @Test func nothingIsCopiedOverWhatIsMadeMeanwhile() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isCopy($0) && $0.request.url.contains("new/clean") ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try fixture.other.put(fixture.bucket, "new/clean", "theirs")
    }
    gate.open()
    await #expect(throws: Errno.ESTALE) { try await renaming.value().get() }
    try await BlockingWork.run { [self] in
      try expect(Self.oldTree.merging(["new/clean": "theirs"]) { $1 }, after: files)
    }
  }

  // MARK: After it was decided

  /// SEMANTICS: rename-crash
  @Test func whatWasDecidedIsFinished() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isDeletion($0) ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      // Half of it is deleted, and somebody else has changed one of the rest, and made another.
      try fixture.other.delete(fixture.bucket, "old/sub/deep")
      try fixture.other.put(fixture.bucket, "old/clean", "theirs")
      try fixture.other.put(fixture.bucket, "old/theirs", "theirs")
      gate.set { _ in .none }
      let again = try fixture.again()
      try expect(Self.newTree.merging(["old/clean": "theirs", "old/theirs": "theirs"]) { $1 }, after: again)
      for path in ["new/dirty", "new/new", "new/sub/deep", "old/clean"] { _ = try lookUp(path, in: again) }
      #expect(throws: Errno.ENOENT) { try lookUp("old/dirty", in: again) }
    }
    gate.open()
    _ = try await renaming.value()
  }

  /// Whoever tidied up after the crash took the new tree for the copy.
  /// SEMANTICS: rename-crash
  @Test func whatIsTheOnlyCopyStays() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isDeletion($0) ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try fixture.other.delete(fixture.bucket, "new/clean", "new/sub/deep")
      gate.set { _ in .none }
      try expect(
        ["old/clean": "clean", "old/sub/deep": "deep", "new/dirty": "changed", "new/new": "new"],
        after: fixture.again())
    }
    gate.open()
    _ = try await renaming.value()
  }

  // MARK: A store that does not answer

  /// SEMANTICS: rename-crash
  @Test func theMountComesUpWithoutTheStore() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isDeletion($0) ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      gate.set { $0.kind == "GET list" ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      let again = try fixture.again()
      #expect(try again.cache.pendingRenames().map(\.phase) == [.deleting])
      // Neither tree can be seen before there is one.
      for name in ["old", "new"] { #expect(throws: Errno.EIO) { try lookUp(name, in: again) } }
      #expect(throws: Errno.EIO) { try again.opendir(.root, caller: caller) }
      gate.set { _ in .none }
      #expect(throws: Errno.ENOENT) { try lookUp("old", in: again) }
      _ = try lookUp("new/sub/deep", in: again)
      try expect(Self.newTree, after: again)
    }
    gate.open()
    _ = try await renaming.value()
  }

  /// SEMANTICS: rename-fails
  @Test func itGoesOnInTheBackground() async throws {
    try await BlockingWork.run { [self] in
      try makeTree()
      gate.set { Self.isDeletion($0) ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      #expect(throws: Errno.EIO) {
        try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      }
      gate.open()
    }
    try await eventually(within: .seconds(30), "the old names go") { [self] in
      try await BlockingWork.run {
        try fixture.other.list(fixture.bucket).allSatisfy { $0.key.hasPrefix("new/") || $0.key.hasSuffix("/") }
      }
    }
    try await BlockingWork.run { [self] in try expect(Self.newTree, after: files) }
  }

  /// SEMANTICS: rename-fails
  @Test func aFailedCopyIsUndoneWhenTheStoreAnswersAgain() async throws {
    try await BlockingWork.run { [self] in
      try makeTree()
      gate.set { sent in
        Self.isCopy(sent) && sent.request.url.contains("new/sub/deep") || Self.isDeletion(sent)
          ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none
      }
      #expect(throws: Errno.EIO) {
        try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      }
      #expect(try stored()["new/clean"] == "clean")
      gate.open()
      #expect(throws: Errno.ENOENT) { try lookUp("new", in: files) }
      try expect(Self.oldTree, after: files)
      // And again, with success.
      try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      try expect(Self.newTree, after: files)
    }
  }

  // MARK: A store that refuses

  /// SEMANTICS: rename-fails
  @Test func aRefusedRemovalIsLeftToTheNextMount() async throws {
    try await BlockingWork.run { [self] in
      try makeTree()
      gate.set { Self.isDeletion($0) ? .answer(403, body: FaultyTransport.error("AccessDenied")) : .none }
      #expect(throws: Errno.EACCES) {
        try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      }
      gate.open()
      _ = try lookUp("new/sub/deep", in: files)
      try write("changed since", to: lookUp("old/sub/deep", in: files))
      let left = try files.cache.pendingRenames()
      #expect(left.map(\.phase) == [.deleting] && left.allSatisfy(\.isLeft))
      let again = try fixture.again()
      try expect(Self.newTree.merging(["old/sub/deep": "changed since"]) { $1 }, after: again)
    }
  }

  /// While the copies are made, somebody changes an object under its old name.
  /// SEMANTICS: rename-directory
  @Test func whatSomebodyElsePutsUnderAnOldNameStays() async throws {
    try await BlockingWork.run { [self] in try makeTree() }
    gate.set { Self.isCopy($0) && $0.request.url.contains("new/dirty") ? .hold : .none }
    let renaming = startRename()
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try waitForCopies(["new/clean"])
      try fixture.other.put(fixture.bucket, "old/clean", "theirs")
    }
    gate.open()
    try await renaming.value().get()
    try await BlockingWork.run { [self] in
      try expect(Self.newTree.merging(["old/clean": "theirs"]) { $1 }, after: files)
      _ = try lookUp("old/clean", in: files)
    }
  }

  /// Until they are in the bucket: what a store still has to copy when a process dies would come behind the next one's look.
  private func waitForCopies(_ keys: [String]) throws {
    for key in keys {
      try BlockingWork.eventually("\(key) is in the bucket") { try fixture.other.head(fixture.bucket, key) != nil }
    }
  }
}
