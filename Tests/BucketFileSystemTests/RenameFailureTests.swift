// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem
@testable import WriteBackCache

/// A rename that fails on its way, or whose process ends on its way.
@Suite("Renames that fail or crash, on a real server", .serialized) struct RenameFailureTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }
  private var gate: FaultyTransport { fixture.gate }

  init() throws { fixture = try FileSystemFixture(mode: .delayed(delay: 3_600)) { $0.retryDelay = 3_600...3_600 } }

  private func make(_ name: String, _ text: String) throws -> InodeID {
    let file = try fixture.create(.root, name)
    try fixture.write(text, file)
    try fixture.close(file)
    return file.0
  }

  /// One that the bucket has.
  private func upload(_ name: String, _ text: String) throws -> InodeID {
    let inode = try make(name, text)
    #expect(files.drain(timeout: 60).isEmpty)
    return inode
  }

  private func rewrite(_ inode: InodeID, _ text: String) throws {
    let opened = try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY | O_TRUNC), caller: fixture.caller)
    try fixture.write(text, (inode, opened.handle))
    try fixture.close((inode, opened.handle))
  }

  private func rename(_ old: String, _ new: String, _ flags: RenameFlags = []) throws {
    try files.rename(.root, fixture.name(old), to: .root, fixture.name(new), flags: flags, caller: fixture.caller)
  }

  private func contents(_ files: BucketFileSystem) throws -> [String: String] {
    #expect(files.drain(timeout: 60).isEmpty)
    return try stored()
  }

  private func expect(_ expected: [String: String], in files: BucketFileSystem) throws {
    #expect(try contents(files) == expected)
  }

  private func stored() throws -> [String: String] {
    try Dictionary(
      uniqueKeysWithValues: fixture.other.list(fixture.bucket).map {
        ($0.key, String(decoding: try fixture.other.get(fixture.bucket, $0.key), as: UTF8.self))
      })
  }

  private func refuse(_ method: HTTPMethod) {
    gate.set { $0.request.method == method ? .answer(403, body: FaultyTransport.error("AccessDenied")) : .none }
  }

  // MARK: The target was never uploaded

  /// SEMANTICS: rename-crash
  @Test func aCrashBeforeTheOldNameGoesDoesNotBringTheTargetBack() async throws {
    try await BlockingWork.run { [self] in
      _ = try upload("a", "source")
      _ = try make("b", "target")
    }
    gate.set { $0.request.method == .delete ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in Result { try rename("a", "b") } }
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try expect(["a": "source", "b": "source"], in: fixture.again())
    }
    gate.open()
    try await renaming.value().get()
    try await BlockingWork.run { [self] in try expect(["b": "source"], in: files) }
  }

  /// SEMANTICS: rename-fails
  @Test func aRefusedRemovalOfTheOldNameLeavesTheNewOneInPlace() async throws {
    try await BlockingWork.run { [self] in
      let inode = try upload("a", "source")
      _ = try make("b", "target")
      refuse(.delete)
      #expect(throws: Errno.EACCES) { try rename("a", "b") }
      gate.open()
      #expect(try files.lookup(.root, fixture.name("b"), caller: fixture.caller).attributes.inode == inode)
      #expect(try files.lookup(.root, fixture.name("a"), caller: fixture.caller).attributes.inode != inode)
      try rewrite(inode, "changed")
      try expect(["a": "source", "b": "changed"], in: files)
      try rename("b", "a")
      try expect(["a": "changed"], in: files)
    }
  }

  /// SEMANTICS: rename-file
  @Test func aCrashDuringTheUploadOfTheSourceKeepsBoth() async throws {
    try await BlockingWork.run { [self] in
      try rewrite(try upload("a", "source"), "changed")
      _ = try make("b", "target")
    }
    gate.set { $0.request.method == .put ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in Result { try rename("a", "b") } }
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      gate.set { _ in .none }
      try expect(["a": "changed", "b": "target"], in: fixture.again())
    }
    gate.open()
    _ = try await renaming.value()
  }

  /// SEMANTICS: rename-fails, errno-denied
  @Test func aRefusedUploadOfTheSourceKeepsBoth() async throws {
    try await BlockingWork.run { [self] in
      try rewrite(try upload("a", "source"), "changed")
      _ = try make("b", "target")
      refuse(.put)
      #expect(throws: Errno.EACCES) { try rename("a", "b") }
      gate.open()
      files.cache.retry()
      try expect(["a": "changed", "b": "target"], in: files)
    }
  }

  // MARK: The target has changes that the bucket lacks

  /// SEMANTICS: rename-crash
  @Test func aCrashBehindTheCopyUndoesIt() async throws {
    try await BlockingWork.run { [self] in
      _ = try upload("a", "source")
      try rewrite(try upload("b", "target"), "changed")
    }
    gate.set { $0.request.headers["x-amz-copy-source"] != nil ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in Result { try rename("a", "b") } }
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      // What the store does before its answer comes.
      try fixture.other.put(fixture.bucket, "b", "source")
      try expect(["a": "source", "b": "changed"], in: fixture.again())
    }
    gate.open()
    try await renaming.value().get()
    try await BlockingWork.run { [self] in try expect(["b": "source"], in: files) }
  }

  /// A rename that has failed leaves the target as careful as it was.
  /// SEMANTICS: rename-fails
  @Test func aRefusedCopyLeavesTheTargetItsBase() async throws {
    try await BlockingWork.run { [self] in
      _ = try upload("a", "source")
      try rewrite(try upload("b", "target"), "changed")
      gate.set {
        $0.request.headers["x-amz-copy-source"] != nil
          ? .answer(403, body: FaultyTransport.error("AccessDenied")) : .none
      }
      #expect(throws: Errno.EACCES) { try rename("a", "b") }
      gate.open()
      try fixture.other.put(fixture.bucket, "b", "theirs")
      let rows = try files.cache.context.directory.index.contents().files
      #expect(rows.count == 1 && rows.first?.record.base != nil)
      #expect(try fixture.again().cache.recovered.first?.base == rows.first?.record.base)
    }
  }

  // MARK: The target's upload got no answer

  /// SEMANTICS: rename-new
  @Test func whatReplacesAFileWhoseUploadGotNoAnswerIsNoConflict() async throws {
    try await BlockingWork.run { [self] in
      let inode = try upload("t", "first")
      try rewrite(inode, "second")
      let file = try #require(files.tree.node(inode).state.withLock { $0.file })
      gate.set { $0.request.method == .put ? .loseAnswer : .none }
      #expect(throws: WriteBackFailure.self) { try files.cache.publish(file) }
      gate.open()
      #expect(try stored() == ["t": "second"])
      _ = try make("tmp", "third")
      try rename("tmp", "t")
      try expect(["t": "third"], in: files)
    }
  }

  /// SEMANTICS: rename-new
  @Test func whatReplacesANewFileWhoseUploadGotNoAnswerIsRemovedWithIt() async throws {
    try await BlockingWork.run { [self] in
      let inode = try make("t", "first")
      let file = try #require(files.tree.node(inode).state.withLock { $0.file })
      gate.set { $0.request.method == .put ? .loseAnswer : .none }
      #expect(throws: WriteBackFailure.self) { try files.cache.publish(file) }
      gate.open()
      _ = try make("tmp", "third")
      try rename("tmp", "t")
      try files.unlink(.root, fixture.name("t"), caller: fixture.caller)
      try expect([:], in: files)
    }
  }

  // MARK: Others

  /// SEMANTICS: rename-file
  @Test func whatSomebodyElsePutsUnderTheOldNameStays() async throws {
    _ = try await BlockingWork.run { [self] in try upload("a", "source") }
    gate.set { $0.request.method == .delete ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in Result { try rename("a", "b") } }
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      try fixture.other.put(fixture.bucket, "a", "theirs")
    }
    gate.open()
    try await renaming.value().get()
    try await BlockingWork.run { [self] in
      try expect(["a": "theirs", "b": "source"], in: files)
      // It is there for programs, too.
      _ = try files.lookup(.root, fixture.name("a"), caller: fixture.caller)
    }
  }

  /// SEMANTICS: rename-file
  @Test func aStoreWithoutConditionalDeletesDeletes() async throws {
    try await BlockingWork.run { [self] in
      _ = try upload("a", "source")
      gate.set { sent in
        let isConditional = sent.request.headers.fields.contains { $0.name.lowercased() == "if-match" }
        return sent.request.method == .delete && isConditional
          ? .answer(501, body: FaultyTransport.error("NotImplemented")) : .none
      }
      try rename("a", "b")
      try expect(["b": "source"], in: files)
    }
  }

  /// SEMANTICS: rename-flags
  @Test func aNewFileThatMustNotReplaceAnythingDoesNot() async throws {
    try await BlockingWork.run { [self] in
      _ = try make("a", "ours")
      try rename("a", "n", .noReplace)
      try fixture.other.put(fixture.bucket, "n", "theirs")
    }
    try await eventually("ours is beside theirs") {
      try await BlockingWork.run { [self] in
        // Parked for a moment, until it has a name of its own.
        _ = files.drain(timeout: 60)
        let contents = try stored()
        return contents["n"] == "theirs" && contents.count == 2 && contents.values.contains("ours")
      }
    }
  }

  /// SEMANTICS: rename-flags
  @Test func aNewFileThatMustNotReplaceAnythingDoesNotAfterACrash() async throws {
    let again = try await BlockingWork.run { [self] in
      _ = try make("a", "ours")
      try rename("a", "n", .noReplace)
      try fixture.other.put(fixture.bucket, "n", "theirs")
      return try fixture.again()
    }
    try await eventually("ours is beside theirs") {
      try await BlockingWork.run { [self] in
        _ = again.drain(timeout: 60)
        let contents = try stored()
        return contents["n"] == "theirs" && contents.count == 2 && contents.values.contains("ours")
      }
    }
  }

  /// SEMANTICS: rename-fails
  @Test func aFailedMoveOntoAnEmptyDirectoryLeavesIt() async throws {
    try await BlockingWork.run { [self] in
      let caller = fixture.caller
      let directory = try files.mkdir(.root, fixture.name("d"), permissions: 0o755, caller: caller).attributes.inode
      _ = try files.mkdir(.root, fixture.name("e"), permissions: 0o755, caller: caller)
      let file = try fixture.create(directory, "f")
      try fixture.write("bytes", file)
      try fixture.close(file)
      #expect(files.drain(timeout: 60).isEmpty)
      gate.set { sent in
        sent.request.headers.fields.contains { $0.name.lowercased() == "x-amz-copy-source" }
          ? .answer(403, body: FaultyTransport.error("AccessDenied")) : .none
      }
      #expect(throws: Errno.EACCES) { try rename("d", "e") }
      gate.open()
      #expect(try fixture.other.head(fixture.bucket, "e/") != nil)
      #expect(try fixture.other.head(fixture.bucket, "e/f") == nil)
      #expect(try fixture.other.get(fixture.bucket, "d/f") == Array("bytes".utf8))
    }
  }

  // MARK: Directories

  /// What must not replace anything still must not when the rename of its directory was undone.
  /// SEMANTICS: rename-fails
  @Test func anUndoneRenameKeepsWhatTheFirstUploadMustFind() async throws {
    try await BlockingWork.run { [self] in
      let old = try files.mkdir(.root, fixture.name("old"), permissions: 0o755, caller: fixture.caller).attributes.inode
      let clean = try fixture.create(old, "clean")
      try fixture.write("clean", clean)
      try fixture.close(clean)
      #expect(files.drain(timeout: 60).isEmpty)
      let flags = OpenFlags(rawValue: O_WRONLY | O_CREAT | O_EXCL)
      let (entry, opened) = try files.create(
        old, fixture.name("f"), permissions: 0o644, flags: flags, caller: fixture.caller)
      let file = (entry.attributes.inode, opened.handle)
      try fixture.write("ours", file)
      try fixture.close(file)
    }
    let index = files.cache.context.directory.index
    gate.set { $0.request.headers["x-amz-copy-source"] != nil ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in Result { try rename("old", "new") } }
    try await BlockingWork.run { [self] in
      #expect(gate.waitUntilHeld(1))
      // What is synced next is the decision: what cannot be synced takes the place of the log's descriptor.
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      defer { for end in ends { close(end) } }
      #expect(dup2(ends[1], index.log.rawValue) == index.log.rawValue)
    }
    gate.open()
    await #expect(throws: Errno.self) { try await renaming.value().get() }
    try await BlockingWork.run { [self] in
      let record = try #require(try index.contents().files.first?.record)
      #expect(record.key.string == "old/f" && record.isExclusive)
      #expect(try stored().keys.filter { !$0.hasSuffix("/") } == ["old/clean"])
      #expect(try files.cache.pendingRenames() == [])
    }
  }

  /// No copy shows that the store does not take the new key of a file that is only here.
  @Test func aKeyThatIsTooLongForAFileThatIsOnlyHereMovesNothing() async throws {
    try await BlockingWork.run { [self] in
      let old = try files.mkdir(.root, fixture.name("old"), permissions: 0o755, caller: fixture.caller).attributes.inode
      let file = try fixture.create(old, String(repeating: "f", count: 200))
      try fixture.write("new", file)
      try fixture.close(file)
      var parent = InodeID.root
      for _ in 0..<4 {
        let name = try fixture.name(String(repeating: "d", count: 230))
        parent = try files.mkdir(parent, name, permissions: 0o755, caller: fixture.caller).attributes.inode
      }
      #expect(throws: Errno.ENAMETOOLONG) {
        try files.rename(.root, fixture.name("old"), to: parent, fixture.name("new"), flags: [], caller: fixture.caller)
      }
      #expect(try files.cache.pendingRenames() == [])
      _ = try files.lookup(.root, fixture.name("old"), caller: fixture.caller)
    }
  }
}
