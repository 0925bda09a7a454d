// SPDX-License-Identifier: Apache-2.0

import Glibc
import Records
import Storage
import Testing
import VFS

@testable import RecordFileSystem

@Suite("Records as directories") struct TreeTests {
  @Test("Models, records, the document and the links of a record are there, with numbers and times that stay")
  func tree() async throws {
    try await RecordTree.use { records in
      _ = try await records.create(
        "Song", id: "42", values: ["name": "Blue"], files: ["coverArtPath": [.text("cover.jpg")]])
      _ = try await records.create(
        "PhotoAlbum", id: "7", values: ["name": "Trip"], files: ["imagePaths": [.text("a.jpg"), .text("b.jpg")]])
    } _: { tree in
      #expect(try tree.list("") == ["Measure", "PhotoAlbum", "Song"])
      #expect(try tree.list("Song") == ["42"])
      #expect(try tree.list("Song/42") == ["record.json", "coverArtPath"])
      #expect(try tree.list("PhotoAlbum/7") == ["record.json", "imagePaths"])
      #expect(try tree.list("PhotoAlbum/7/imagePaths") == ["a.jpg", "b.jpg"])
      #expect(try tree.target("Song/42/coverArtPath") == "../../../images/42-cover.jpg")
      #expect(try tree.target("PhotoAlbum/7/imagePaths/a.jpg") == "../../../../images/7-a.jpg")

      let document = try tree.document("Song/42")
      #expect(document["name"] == "Blue" && document["coverArtPath"] == "images/42-cover.jpg")
      let attributes = try tree.entry("Song/42/record.json")
      #expect(attributes.size == Int64(try tree.read("Song/42/record.json").utf8.count))
      #expect(try tree.read("Song/42/record.json").hasSuffix("}\n"))
      #expect(attributes.modified == Timestamp(record: try #require(document["updatedAt"]?.string)))
      #expect(try tree.entry("Song/42/coverArtPath").kind == .symbolicLink)
      #expect(try tree.entry("Song/42/coverArtPath").size == 28)
      for path in ["", "Song", "Song/42", "Song/42/record.json", "PhotoAlbum/7/imagePaths"] {
        let inode = try tree.find(path)
        #expect(RecordFileSystem.owns(inode))
        #expect(try tree.find(path) == inode)
      }
    }
  }

  @Test("What is not there is ENOENT, and what cannot be made is refused")
  func absence() async throws {
    try await RecordTree.use { records in
      _ = try await records.create("Song", id: "42", values: ["name": "Blue"])
    } _: { tree in
      for path in ["Album", "Song/43", "Song/42/coverArtPath", "Song/42/other", "PhotoAlbum/7"] {
        #expect(throws: Errno.ENOENT, "\(path)") { try tree.find(path) }
      }
      #expect(throws: Errno.ENOTDIR) { try tree.find("Song/42/record.json/x") }
      #expect(throws: Errno.EPERM) { try tree.makeDirectory("Album") }
      #expect(throws: Errno.EEXIST) { try tree.makeDirectory("Song/42") }
      #expect(throws: Errno.EPERM) { try tree.makeDirectory("Song/42/other") }
      #expect(throws: Errno.EPERM) { try tree.open("Song/file") }
      #expect(throws: Errno.EPERM) { try tree.open("file") }
      #expect(throws: Errno.EPERM) { try tree.removeDirectory("Song") }
      #expect(throws: Errno.ENOTDIR) { try tree.removeDirectory("Song/42/record.json") }
      let song = try tree.find("Song/42")
      #expect(throws: Errno.EPERM) {
        try tree.files.symlink("x", at: song, tree.name("coverArtPath"), caller: tree.caller)
      }
      // ENOSYS would be the answer for the bucket, too.
      #expect(throws: Errno.EOPNOTSUPP) { try tree.files.setxattr(song, "user.a", value: [], mode: .set) }
      #expect(throws: Errno.ENODATA) { try tree.files.getxattr(song, "user.a") }
    }
  }

  @Test("What a mount does not allow to be changed stays")
  func readOnly() async throws {
    try await RecordTree.use(readOnly: true) { records in
      _ = try await records.create("Song", id: "42", values: ["name": "Blue"])
    } _: { tree in
      #expect(throws: Errno.EROFS) { try tree.put("{}", "Song/42/record.json") }
      #expect(throws: Errno.EROFS) { try tree.put("x", "Song/42/coverArtPath") }
      #expect(throws: Errno.EROFS) { try tree.makeDirectory("Song/43") }
      #expect(throws: Errno.EROFS) { try tree.removeDirectory("Song/42") }
      let document = try tree.document("Song/42")
      #expect(document["name"] == "Blue")
    }
  }

  @Test("A directory that is made is a record: its texts are the id; one whose model needs more is EINVAL")
  func creation() async throws {
    try await RecordTree.use { tree in
      try tree.makeDirectory("Song/43")
      #expect(try tree.document("Song/43")["name"] == "43")
      try tree.makeDirectory("PhotoAlbum/8")
      #expect(try tree.list("PhotoAlbum/8/imagePaths") == [])
      #expect(throws: Errno.EINVAL) { try tree.makeDirectory("Measure/1") }
      #expect(throws: Errno.EINVAL) { try tree.makeDirectory("Song/a\u{1}b") }
      #expect(try tree.list("Song") == ["43"])
    }
  }

  @Test("Removing the directory of a record deletes the record", arguments: [FileFate.keep, .delete])
  func deletion(fate: FileFate) async throws {
    try await RecordTree.use(fate: fate) { records in
      _ = try await records.create(
        "Song", id: "42", values: ["name": "Blue"], files: ["coverArtPath": [.text("cover.jpg")]])
      _ = try await records.create(
        "PhotoAlbum", id: "7", values: ["name": "Trip"], files: ["imagePaths": [.text("a.jpg"), .text("b.jpg")]])
    } _: { tree in
      try tree.removeDirectory("Song/42")
      #expect(throws: Errno.ENOENT) { try tree.find("Song/42") }
      #expect(try tree.list("Song") == [])
      #expect(try tree.keys().contains("images/42-cover.jpg") == (fate == .keep))

      // As `rm -r` does.
      try tree.remove("PhotoAlbum/7/record.json")
      #expect(throws: Errno.ENOTEMPTY) { try tree.removeDirectory("PhotoAlbum/7/imagePaths") }
      for name in try tree.list("PhotoAlbum/7/imagePaths") { try tree.remove("PhotoAlbum/7/imagePaths/\(name)") }
      try tree.removeDirectory("PhotoAlbum/7/imagePaths")
      try tree.removeDirectory("PhotoAlbum/7")
      #expect(try tree.list("PhotoAlbum") == [])
      #expect(try tree.keys().count == (fate == .keep ? 3 : 0))
    }
  }

  @Test("1,100 records are listed page by page, from any place, and the kernel's knowledge of them is all that is kept")
  func pages() async throws {
    try await RecordTree.use { records in
      for number in 0..<1_100 { _ = try await records.create("Song", id: "s\(10_000 + number)", values: ["name": "x"]) }
    } _: { tree in
      let expected = (0..<1_100).map { "s\(10_000 + $0)" }
      #expect(try tree.list("Song") == expected)

      let inode = try tree.find("Song")
      let known = tree.files.references.places
      let handle = try tree.files.opendir(inode, caller: tree.caller)
      defer { tree.files.releasedir(inode, handle) }
      func some(from offset: Int64, _ count: Int) throws -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        try tree.files.readdir(inode, handle, from: offset, plus: true) { entry in
          guard entries.count < count else { return false }
          entries.append(entry)
          return true
        }
        return entries
      }
      var names: [String] = []
      var offset: Int64 = 2
      while let last = try some(from: offset, 77).last {
        let entries = try some(from: offset, 77)
        names += entries.map(\.name)
        #expect(entries.allSatisfy { $0.entry?.attributes.kind == .directory })
        // Twice: they were listed twice.
        for entry in entries { tree.files.forget(entry.inode, count: 2) }
        offset = last.nextOffset
      }
      #expect(names == expected)
      #expect(tree.files.references.places == known)
      for place in [1_050, 3, 1_099, 501, 0] {
        let entry = try #require(try some(from: Int64(place + 2), 1).first)
        #expect(entry.name == expected[place])
        tree.files.forget(entry.inode, count: 1)
      }
      #expect(try some(from: 1_102, 1).isEmpty)
    }
  }
}

extension RecordFile {
  /// A file whose content is a text.
  static func text(_ name: String) -> RecordFile { RecordFile(name: name, data: .string("content of \(name)")) }
}
