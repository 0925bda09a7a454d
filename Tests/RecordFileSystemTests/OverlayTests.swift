// SPDX-License-Identifier: Apache-2.0

import Glibc
import Records
import TestSupport
import Testing
import VFS

@testable import RecordFileSystem

@Suite("Records beside a bucket") struct OverlayTests {
  private static func names(_ files: some FileSystem, _ inode: InodeID, plus: Bool) throws -> [String] {
    let caller = Caller(uid: 0, gid: 0, pid: getpid())
    let handle = try files.opendir(inode, caller: caller)
    defer { files.releasedir(inode, handle) }
    var entries: [DirectoryEntry] = []
    try files.readdir(inode, handle, from: 0, plus: plus) { entry in
      entries.append(entry)
      return true
    }
    for entry in entries where entry.entry != nil { files.forget(entry.inode, count: 1) }
    return entries.map(\.name).filter { $0 != "." && $0 != ".." }.sorted()
  }

  @Test("The directory is found by its name and not listed, and covers what has the name", arguments: [false, true])
  func root(plus: Bool) async throws {
    try await RecordTree.use { records in
      _ = try await records.create("Song", id: "42", values: ["name": "Blue"])
    } _: { tree in
      let base = MemoryFileSystem()
      let files = RecordOverlay(base: base, records: tree.files)
      let caller = tree.caller
      for name in [".records", "images"] {
        let made = try base.mkdir(.root, tree.name(name), permissions: 0o755, caller: caller)
        base.forget(made.attributes.inode, count: 1)
      }
      let lookups = base.references.lookups
      #expect(try Self.names(files, .root, plus: plus) == ["images"])
      #expect(base.references.lookups == lookups)
      let records = try files.lookup(.root, tree.name(".records"), caller: caller).attributes.inode
      #expect(records == RecordFileSystem.root)
      #expect(try Self.names(files, records, plus: plus) == ["Measure", "PhotoAlbum", "Song"])
      let song = try files.lookup(records, tree.name("Song"), caller: caller).attributes.inode
      #expect(try Self.names(files, song, plus: plus) == ["42"])
      let images = try files.lookup(.root, tree.name("images"), caller: caller).attributes.inode
      #expect(throws: Errno.ENOENT) { try files.lookup(images, tree.name(".records"), caller: caller) }
      #expect(throws: Errno.EEXIST) {
        try files.mkdir(.root, tree.name(".records"), permissions: 0o755, caller: caller)
      }
      #expect(throws: Errno.EBUSY) { try files.rmdir(.root, tree.name(".records"), caller: caller) }
      #expect(throws: Errno.EBUSY) {
        try files.rename(.root, tree.name("images"), to: .root, tree.name(".records"), flags: [], caller: caller)
      }
      #expect(throws: Errno.EXDEV) {
        try files.rename(song, tree.name("42"), to: images, tree.name("42"), flags: [], caller: caller)
      }
      #expect(throws: Errno.EXDEV) {
        try files.rename(.root, tree.name("images"), to: song, tree.name("43"), flags: [], caller: caller)
      }
      let statistics = try base.statfs(.root)
      #expect(try files.statfs(song).blocks == statistics.blocks)
    }
  }
}
