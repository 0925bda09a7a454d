// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

/// Somebody opens a file, makes one or removes one while its name, or that of its directory, changes in the bucket.
@Suite("What begins while a rename is under way, on a real server", .serialized) struct RenameRaceTests {
  private typealias Work = BlockingWork

  private static func isCopy(_ request: HTTPRequest) -> Bool {
    request.headers.fields.contains { $0.name.lowercased() == "x-amz-copy-source" }
  }

  private func rename(_ fixture: FileSystemFixture, _ old: String, _ new: String) throws {
    try fixture.files.rename(
      .root, fixture.name(old), to: .root, fixture.name(new), flags: [], caller: fixture.caller)
  }

  private func make(_ fixture: FileSystemFixture, _ parent: InodeID, _ name: String, _ text: String) throws -> InodeID {
    let file = try fixture.create(parent, name)
    try fixture.write(text, file)
    try fixture.close(file)
    #expect(fixture.files.drain(timeout: 60).isEmpty)
    return file.0
  }

  private func rewrite(_ fixture: FileSystemFixture, _ inode: InodeID, _ text: String, _ flags: Int32) throws {
    let flags = OpenFlags(rawValue: O_WRONLY | flags)
    let opened = try fixture.files.open(inode, flags: flags, caller: fixture.caller)
    try fixture.write(text, (inode, opened.handle))
    try fixture.close((inode, opened.handle))
  }

  private func contents(_ fixture: FileSystemFixture) throws -> [String: String] {
    #expect(fixture.files.drain(timeout: 60).isEmpty)
    return try Dictionary(
      uniqueKeysWithValues: fixture.other.list(fixture.bucket).filter { !$0.key.hasSuffix("/") }.map {
        ($0.key, String(decoding: try fixture.other.get(fixture.bucket, $0.key), as: UTF8.self))
      })
  }

  private func somebodyWaits(_ fixture: FileSystemFixture) async throws {
    try await eventually("somebody waits for a turn") { fixture.files.turns.withLock { $0.waiting } == 1 }
  }

  private func expect(_ expected: [String: String], in fixture: FileSystemFixture) throws {
    #expect(try contents(fixture) == expected)
  }

  private static let modes: [WriteBackMode] = [.close, .delayed(delay: 0)]

  @Test(arguments: [0, 1], [0, O_TRUNC] as [Int32])
  func aFileIsOpenedAndWrittenWhileItIsRenamed(mode: Int, flags: Int32) async throws {
    let fixture = try await Work.run { try FileSystemFixture(mode: Self.modes[mode]) }
    let inode = try await Work.run { [self] in try make(fixture, .root, "a", "first version") }
    fixture.gate.set { Self.isCopy($0.request) ? .hold : .none }
    let renaming = Work.startJoinable { [self] in Result { try rename(fixture, "a", "b") } }
    #expect(try await Work.run { fixture.gate.waitUntilHeld(1) })
    let writing = Work.startJoinable { [self] in Result { try rewrite(fixture, inode, "SECOND", flags) } }
    try await somebodyWaits(fixture)
    fixture.gate.open()
    try await renaming.value().get()
    try await writing.value().get()
    try await Work.run { [self] in
      try expect(["b": flags == 0 ? "SECONDversion" : "SECOND"], in: fixture)
    }
  }

  @Test(arguments: [0, 1]) func aFileIsTruncatedByNameWhileItIsRenamed(mode: Int) async throws {
    let fixture = try await Work.run { try FileSystemFixture(mode: Self.modes[mode]) }
    let inode = try await Work.run { [self] in try make(fixture, .root, "a", "first version") }
    fixture.gate.set { Self.isCopy($0.request) ? .hold : .none }
    let renaming = Work.startJoinable { [self] in Result { try rename(fixture, "a", "b") } }
    #expect(try await Work.run { fixture.gate.waitUntilHeld(1) })
    let cutting = Work.startJoinable {
      Result {
        var changes = AttributeChanges()
        changes.size = 5
        _ = try fixture.files.setattr(inode, handle: nil, changes: changes, caller: fixture.caller)
      }
    }
    try await somebodyWaits(fixture)
    fixture.gate.open()
    try await renaming.value().get()
    try await cutting.value().get()
    try await Work.run { [self] in try expect(["b": "first"], in: fixture) }
  }

  /// `d/f` is copied already, `d/g` not yet.
  private func whileADirectoryMoves(_ body: @escaping @Sendable (FileSystemFixture, InodeID, InodeID) throws -> Void)
    async throws -> [String: String]
  {
    let fixture = try await Work.run { try FileSystemFixture(mode: .delayed(delay: 0)) }
    let (directory, inode) = try await Work.run { [self] in
      let directory = try fixture.files.mkdir(.root, fixture.name("d"), permissions: 0o755, caller: fixture.caller)
        .attributes.inode
      _ = try make(fixture, directory, "g", "another")
      return (directory, try make(fixture, directory, "f", "first version"))
    }
    fixture.gate.set { Self.isCopy($0.request) && $0.request.url.hasSuffix("/g") ? .hold : .none }
    let renaming = Work.startJoinable { [self] in Result { try rename(fixture, "d", "e") } }
    try await eventually("d/f is copied") {
      try await Work.run { try fixture.other.head(fixture.bucket, "e/f") != nil }
    }
    #expect(try await Work.run { fixture.gate.waitUntilHeld(1) })
    let working = Work.startJoinable { Result { try body(fixture, directory, inode) } }
    try await somebodyWaits(fixture)
    fixture.gate.open()
    try await renaming.value().get()
    try await working.value().get()
    return try await Work.run { [self] in try contents(fixture) }
  }

  @Test func aFileIsWrittenAndUploadedWhileItsDirectoryMoves() async throws {
    let contents = try await whileADirectoryMoves { [self] fixture, _, inode in
      try rewrite(fixture, inode, "second", O_TRUNC)
    }
    #expect(contents == ["e/f": "second", "e/g": "another"])
  }

  /// SEMANTICS: rename-waits
  @Test func aFileIsMadeAndUploadedWhileItsDirectoryMoves() async throws {
    let contents = try await whileADirectoryMoves { fixture, directory, _ in
      let file = try fixture.create(directory, "h")
      try fixture.write("new", file)
      try fixture.close(file)
    }
    #expect(contents == ["e/f": "first version", "e/g": "another", "e/h": "new"])
  }

  /// SEMANTICS: rename-waits
  @Test func aDirectoryMovesWhileAFileInItIsRemoved() async throws {
    let fixture = try await Work.run { try FileSystemFixture() }
    let directory = try await Work.run { [self] in
      let directory = try fixture.files.mkdir(.root, fixture.name("d"), permissions: 0o755, caller: fixture.caller)
        .attributes.inode
      _ = try make(fixture, directory, "f", "removed")
      _ = try make(fixture, directory, "g", "another")
      return directory
    }
    fixture.gate.set { $0.request.method == .delete ? .hold : .none }
    let removing = Work.startJoinable {
      Result { try fixture.files.unlink(directory, fixture.name("f"), caller: fixture.caller) }
    }
    #expect(try await Work.run { fixture.gate.waitUntilHeld(1) })
    let renaming = Work.startJoinable { [self] in Result { try rename(fixture, "d", "e") } }
    try await somebodyWaits(fixture)
    fixture.gate.open()
    try await removing.value().get()
    try await renaming.value().get()
    try await Work.run { [self] in try expect(["e/g": "another"], in: fixture) }
  }

  @Test func aDirectoryMovesWhileAnotherIsMadeInIt() async throws {
    let fixture = try await Work.run { try FileSystemFixture() }
    let directory = try await Work.run {
      try fixture.files.mkdir(.root, fixture.name("d"), permissions: 0o755, caller: fixture.caller).attributes.inode
    }
    fixture.gate.set { $0.kind == "PUT" && $0.ordinal == 1 ? .hold : .none }
    let making = Work.startJoinable {
      Result { _ = try fixture.files.mkdir(directory, fixture.name("s"), permissions: 0o755, caller: fixture.caller) }
    }
    #expect(try await Work.run { fixture.gate.waitUntilHeld(1) })
    let renaming = Work.startJoinable { [self] in Result { try rename(fixture, "d", "e") } }
    try await somebodyWaits(fixture)
    fixture.gate.open()
    try await making.value().get()
    try await renaming.value().get()
    let (new, old) = try await Work.run {
      (try fixture.other.head(fixture.bucket, "e/s/"), try fixture.other.head(fixture.bucket, "d/s/"))
    }
    #expect(new != nil && old == nil)
  }
}
