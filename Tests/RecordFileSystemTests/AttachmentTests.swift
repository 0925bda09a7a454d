// SPDX-License-Identifier: Apache-2.0

import Glibc
import Records
import TestSupport
import Testing
import Transfer
import VFS

@testable import RecordFileSystem

@Suite("Files that are written into a record") struct AttachmentTests {
  private static let both: @Sendable (Records) async throws -> Void = { records in
    _ = try await records.create("Song", id: "42", values: ["name": "Blue"])
    _ = try await records.create("PhotoAlbum", id: "7", values: ["name": "Trip"])
  }
  private static let fresh = O_WRONLY | O_CREAT | O_EXCL

  private func spooled(_ tree: RecordTree) throws -> Int {
    try Shell.runBlocking("ls", ["-A", tree.directory.path("spool")]).output.split(separator: "\n").count
  }

  @Test("Closing a file under the name of a field attaches it, with the type of its content")
  func single() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let file = try tree.open("Song/42/coverArtPath", Self.fresh)
      _ = try ([0xFF, 0xD8, 0xFF, 0xE0] as [UInt8]).withUnsafeBytes {
        try tree.files.write(file.inode, file.handle, at: 0, $0)
      }
      #expect(try tree.entry("Song/42/coverArtPath").kind == .regular)
      #expect(try tree.document("Song/42")["coverArtPath"] == nil)
      try tree.close(file)
      #expect(try tree.document("Song/42")["coverArtPath"] == "images/42-coverArtPath.jpg")
      #expect(try tree.target("Song/42/coverArtPath") == "../../../images/42-coverArtPath.jpg")
      let head = try #require(try tree.bucket.client.head(tree.bucket.bucket, "images/42-coverArtPath.jpg"))
      #expect(head.contentType == "image/jpeg" && head.contentLength == 4)
      #expect(throws: Errno.EEXIST) { try tree.open("Song/42/coverArtPath", Self.fresh) }
      #expect(try spooled(tree) == 0)
    }
  }

  @Test("Files in the directory of a list are attached under their names; a second one of a name gets another")
  func list() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      try tree.put("a", "PhotoAlbum/7/imagePaths/a.jpg", Self.fresh)
      try tree.put("b", "PhotoAlbum/7/imagePaths/b.jpg", Self.fresh)
      #expect(try tree.document("PhotoAlbum/7")["imagePaths"] == ["images/7-a.jpg", "images/7-b.jpg"])
      #expect(try tree.list("PhotoAlbum/7/imagePaths") == ["a.jpg", "b.jpg"])
      #expect(throws: Errno.EEXIST) { try tree.open("PhotoAlbum/7/imagePaths/a.jpg", Self.fresh) }
      #expect(throws: Errno.EINVAL) { try tree.open("PhotoAlbum/7/imagePaths/a\nb", Self.fresh) }

      try tree.remove("PhotoAlbum/7/imagePaths/a.jpg")
      #expect(try tree.document("PhotoAlbum/7")["imagePaths"] == ["images/7-b.jpg"])
      #expect(try tree.keys() == ["images/7-a.jpg", "images/7-b.jpg"])
      // The file is still there, so its name is taken.
      try tree.put("another", "PhotoAlbum/7/imagePaths/a.jpg", Self.fresh)
      let names = try tree.list("PhotoAlbum/7/imagePaths")
      #expect(names.count == 2 && names[0] == "b.jpg" && names[1].hasSuffix("-a.jpg"))
    }
  }

  @Test(
    "Removing a link takes the file out of the record, and out of the bucket if that is wanted",
    arguments: [FileFate.keep, .delete])
  func removal(fate: FileFate) async throws {
    try await RecordTree.use(fate: fate, prepare: Self.both) { tree in
      try tree.put("x", "Song/42/coverArtPath", Self.fresh)
      try tree.remove("Song/42/coverArtPath")
      #expect(throws: Errno.ENOENT) { try tree.find("Song/42/coverArtPath") }
      #expect(try tree.document("Song/42")["coverArtPath"] == nil)
      #expect(try tree.keys() == (fate == .keep ? ["images/42-coverArtPath"] : []))
      #expect(throws: Errno.ENOENT) { try tree.remove("Song/42/coverArtPath") }
    }
  }

  @Test(
    "A draft that is renamed to a field is attached under its own name, in a list under the new one; the old file goes as it is set"
  )
  func drafts() async throws {
    try await RecordTree.use(fate: .delete, prepare: Self.both) { tree in
      try tree.put("one", "Song/42/front.png")
      try tree.rename("Song/42/front.png", "Song/42/coverArtPath")
      #expect(try tree.document("Song/42")["coverArtPath"] == "images/42-front.png")
      try tree.put("two", "Song/42/back.png")
      try tree.rename("Song/42/back.png", "Song/42/coverArtPath")
      #expect(try tree.document("Song/42")["coverArtPath"] == "images/42-back.png")
      #expect(try tree.keys() == ["images/42-back.png"])

      try tree.put("three", "PhotoAlbum/7/c.jpg")
      try tree.rename("PhotoAlbum/7/c.jpg", "PhotoAlbum/7/imagePaths/d.jpg")
      #expect(try tree.list("PhotoAlbum/7/imagePaths") == ["d.jpg"])
      #expect(throws: Errno.EPERM) { try tree.rename("PhotoAlbum/7/imagePaths/d.jpg", "PhotoAlbum/7/imagePaths/e.jpg") }
      #expect(throws: Errno.EXDEV) { try tree.rename("PhotoAlbum/7/imagePaths/d.jpg", "Song/42/coverArtPath") }
      #expect(throws: Errno.EPERM) { try tree.rename("Song/42/coverArtPath", "Song/42/other") }
      #expect(throws: Errno.EXDEV) { try tree.rename("Song/42/record.json", "PhotoAlbum/7/record.json") }
      try tree.put("four", "Song/42/draft")
      #expect(throws: Errno.EXDEV) { try tree.rename("Song/42/draft", "PhotoAlbum/7/draft") }
      try tree.removeDirectory("Song/42")
      #expect(try spooled(tree) == 0)
    }
  }

  @Test("What is written into a draft behind its rename is refused: nobody would bring it to the record")
  func sealedDraft() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let draft = try tree.open("Song/42/front.png")
      try tree.write("one", draft)
      try tree.write("two", draft, at: 3)
      try tree.rename("Song/42/front.png", "Song/42/coverArtPath")
      #expect(throws: Errno.ESTALE) { try tree.write("three", draft, at: 6) }
      try tree.close(draft)
      #expect(try tree.bucket.client.get(tree.bucket.bucket, "images/42-front.png") == Array("onetwo".utf8))
    }
  }

  @Test("A file of which a write was refused is not attached")
  func refusedWrite() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let file = try tree.open("Song/42/coverArtPath")
      try tree.write("one", file)
      #expect(throws: Errno.self) { try tree.write("x", file, at: .max - 8) }
      #expect(throws: Errno.self) { try tree.close(file) }
      #expect(try tree.document("Song/42")["coverArtPath"] == nil)
      #expect(try tree.keys() == [])
    }
  }

  @Test("What is written after a first close takes its place")
  func twice() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let file = try tree.open("PhotoAlbum/7/imagePaths/a.txt", Self.fresh)
      try tree.write("one", file)
      try tree.files.flush(file.inode, file.handle, caller: tree.caller)
      #expect(try tree.document("PhotoAlbum/7")["imagePaths"] == ["images/7-a.txt"])
      try tree.write(" and two", file, at: 3)
      try tree.close(file)
      let path = try #require(try tree.document("PhotoAlbum/7")["imagePaths"]?.list?.first?.string)
      #expect(try tree.keys() == [path])
      #expect(try tree.bucket.client.get(tree.bucket.bucket, path) == Array("one and two".utf8))
    }
  }

  @Test("A close by a child process says nothing; the end of the last descriptor does")
  func children() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let file = try tree.open("Song/42/coverArtPath", Self.fresh)
      try tree.write("half", file)
      try tree.files.flush(file.inode, file.handle, caller: Caller(uid: 0, gid: 0, pid: 1))
      #expect(try tree.document("Song/42")["coverArtPath"] == nil)
      tree.files.release(file.inode, file.handle)
      #expect(try tree.document("Song/42")["coverArtPath"] == "images/42-coverArtPath")

      // Nobody has written anything to this one: an empty file.
      let empty = try tree.open("PhotoAlbum/7/imagePaths/empty", Self.fresh)
      try tree.files.flush(empty.inode, empty.handle, caller: tree.caller)
      #expect(try tree.document("PhotoAlbum/7")["imagePaths"] == nil)
      tree.files.release(empty.inode, empty.handle)
      #expect(try tree.document("PhotoAlbum/7")["imagePaths"] == ["images/7-empty"])
    }
  }

  @Test("A file whose name or record is removed while it is written is nobody's")
  func removedMeanwhile() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let file = try tree.open("Song/42/coverArtPath", Self.fresh)
      try tree.write("x", file)
      try tree.remove("Song/42/coverArtPath")
      try tree.close(file)
      #expect(try tree.document("Song/42")["coverArtPath"] == nil)

      let other = try tree.open("Song/42/coverArtPath", Self.fresh)
      try tree.write("x", other)
      try tree.removeDirectory("Song/42")
      try tree.close(other)
      #expect(try tree.keys() == [])
      #expect(try spooled(tree) == 0)
    }
  }

  @Test("A workflow that fails is the error of close, and leaves nothing")
  func failure() async throws {
    try await RecordTree.use(prepare: Self.both) { tree in
      let file = try tree.open("Song/42/coverArtPath", Self.fresh)
      try tree.write("x", file)
      // Somebody else, whom nobody here has heard of.
      let records = tree.records
      try BlockingBridge.run { () async throws(RecordError) in _ = try await records.delete("Song", id: "42") }
      #expect(throws: Errno.ENOENT) { try tree.close(file) }
      #expect(try tree.keys() == [])
      #expect(try spooled(tree) == 0)
    }
  }
}
