// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

/// A file that is not in the bucket yet has the name of an object that is: whoever removes the name removes the object.
@Suite("Renamed over an object, then removed before the upload, on a real server") struct HiddenObjectTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }

  init() throws { fixture = try FileSystemFixture(mode: .delayed(delay: 3_600)) }

  /// The local `c`, "new", has the name of the object `c`, "old".
  private func prepare() throws {
    try fixture.other.put(fixture.bucket, "c", "old")
    let made = try fixture.create(.root, "d")
    try fixture.write("new", made)
    try fixture.close(made)
    // Nothing is uploaded by itself, not even what a rename has held back.
    files.cache.pauseUploads()
    try rename("d", "c")
  }

  private func rename(_ old: String, _ new: String) throws {
    try files.rename(
      .root, fixture.name(old), to: .root, fixture.name(new), flags: [], caller: fixture.caller)
  }

  private func contents() throws -> [String: [UInt8]] {
    files.cache.resumeUploads()
    #expect(files.drain(timeout: 30).isEmpty)
    return try Dictionary(
      uniqueKeysWithValues: fixture.other.list(fixture.bucket).map {
        ($0.key, try fixture.other.get(fixture.bucket, $0.key))
      })
  }

  /// SEMANTICS: rename-new
  @Test func uploaded() async throws {
    try await BlockingWork.run { [self] in
      try prepare()
      #expect(try contents() == ["c": Array("new".utf8)])
    }
  }

  /// SEMANTICS: rename-new
  @Test func unlinked() async throws {
    try await BlockingWork.run { [self] in
      try prepare()
      try files.unlink(.root, fixture.name("c"), caller: fixture.caller)
      #expect(try contents() == [:])
    }
  }

  /// SEMANTICS: rename-new
  @Test func renamedAway() async throws {
    try await BlockingWork.run { [self] in
      try prepare()
      try rename("c", "e")
      #expect(try contents() == ["e": Array("new".utf8)])
      #expect(try fixture.other.list(fixture.bucket).map(\.key) == ["e"])
    }
  }

  @Test func renamedAwayTwice() async throws {
    try await BlockingWork.run { [self] in
      try prepare()
      try rename("c", "e")
      try rename("e", "f")
      try files.unlink(.root, fixture.name("f"), caller: fixture.caller)
      #expect(try contents() == [:])
    }
  }

  /// SEMANTICS: rename-new
  @Test func unlinkedAfterAnotherRun() async throws {
    try await BlockingWork.run { [self] in
      try prepare()
      let again = try fixture.again()
      try again.unlink(.root, fixture.name("c"), caller: fixture.caller)
      #expect(again.drain(timeout: 30).isEmpty)
      #expect(try fixture.other.list(fixture.bucket).isEmpty)
    }
  }
}

/// An upload in the background has ended, and its observer has not been told yet.
@Suite("In the moment behind an upload, on a real server") struct EndedUploadTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }

  init() throws { fixture = try FileSystemFixture(mode: .delayed(delay: 3_600)) }

  private func prepare() throws -> (InodeID, HandleID) {
    let made = try fixture.create(.root, "a")
    try fixture.write("0123456789", made)
    let file = try #require(files.tree.node(made.0).state.withLock { $0.file })
    // What the queue does before it tells the file system.
    _ = try files.cache.publish(file)
    return made
  }

  @Test func theFileIsRenamed() async throws {
    try await BlockingWork.run { [self] in
      let made = try prepare()
      try files.rename(.root, fixture.name("a"), to: .root, fixture.name("b"), flags: [], caller: fixture.caller)
      #expect(try fixture.other.list(fixture.bucket).map(\.key) == ["b"])
      #expect(try fixture.other.get(fixture.bucket, "b") == Array("0123456789".utf8))
      files.release(made.0, made.1)
    }
  }

  @Test func theFileIsClosedAndWrittenAgain() async throws {
    try await BlockingWork.run { [self] in
      let made = try prepare()
      files.release(made.0, made.1)
      let opened = try files.open(made.0, flags: OpenFlags(rawValue: O_WRONLY), caller: fixture.caller)
      try fixture.write("abc", (made.0, opened.handle))
      try fixture.close((made.0, opened.handle))
      #expect(files.drain(timeout: 30).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "a") == Array("abc3456789".utf8))
    }
  }

  @Test func theFilesAttributesChange() async throws {
    try await BlockingWork.run { [self] in
      let made = try prepare()
      var changes = AttributeChanges()
      changes.permissions = 0o600
      _ = try files.setattr(made.0, handle: nil, changes: changes, caller: fixture.caller)
      files.release(made.0, made.1)
      #expect(files.drain(timeout: 30).isEmpty)
      let head = try #require(try fixture.other.head(fixture.bucket, "a"))
      #expect(head.metadata["mode"] == String(0o100600))
    }
  }
}
