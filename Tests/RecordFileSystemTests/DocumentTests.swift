// SPDX-License-Identifier: Apache-2.0

import Glibc
import Records
import Testing
import VFS

@testable import RecordFileSystem

@Suite("record.json") struct DocumentTests {
  private static let songs: @Sendable (Records) async throws -> Void = { records in
    _ = try await records.create(
      "Song", id: "42", values: ["name": "Blue", "length": 180], files: ["coverArtPath": [.text("cover.jpg")]])
  }

  @Test("What is written changes the fields that it names, and null removes one")
  func update() async throws {
    try await RecordTree.use(prepare: Self.songs) { tree in
      try tree.put(#"{"name": "Green"}"#, "Song/42/record.json")
      #expect(try tree.document("Song/42")["name"] == "Green")
      #expect(try tree.document("Song/42")["length"] == 180)
      try tree.put(#"{"length": null}"#, "Song/42/record.json")
      #expect(try tree.document("Song/42")["length"] == nil)
      #expect(try tree.list("Song/42") == ["record.json", "coverArtPath"])
      // What a shell's `>` does to a first descriptor.
      try tree.close(try tree.open("Song/42/record.json"))
      #expect(try tree.document("Song/42")["name"] == "Green")
    }
  }

  @Test(
    "What is no change of a record is EINVAL at close, and changes nothing",
    arguments: [
      #"{"name": "Green""#, "", "[]", #""Green""#, #"{"title": "x"}"#, #"{"title": null}"#, #"{"length": "long"}"#,
      #"{"name": null}"#,
      #"{"id": "43"}"#, #"{"createdAt": "2020-01-01T00:00:00.000Z"}"#, #"{"coverArtPath": "other/42.jpg"}"#,
      #"{"name": "Green", "length": 1.5}"#,
    ])
  func refusal(text: String) async throws {
    try await RecordTree.use(prepare: Self.songs) { tree in
      let before = try tree.read("Song/42/record.json")
      let file = try tree.open("Song/42/record.json")
      try tree.write(text, file)
      // Nothing was written by a write of nothing.
      if text.isEmpty { try tree.write(" ", file) }
      #expect(throws: Errno.EINVAL) { try tree.close(file) }
      #expect(try tree.read("Song/42/record.json") == before)
    }
  }

  @Test("A whole document can be edited; one that somebody else has changed meanwhile is ESTALE")
  func wholeDocument() async throws {
    try await RecordTree.use(prepare: Self.songs) { tree in
      let text = try tree.read("Song/42/record.json")
      try tree.put(text, "Song/42/record.json")
      #expect(try tree.read("Song/42/record.json") == text)
      let edited = text.replacing("Blue", with: "Green")
      try tree.put(edited, "Song/42/record.json")
      #expect(try tree.document("Song/42")["name"] == "Green")
      #expect(throws: Errno.ESTALE) { try tree.put(text, "Song/42/record.json") }
      #expect(try tree.document("Song/42")["name"] == "Green")
    }
  }

  @Test("A document that is open shows what it was, and what is written to it; others see the record")
  func openDocument() async throws {
    try await RecordTree.use(prepare: Self.songs) { tree in
      let reader = try tree.open("Song/42/record.json", O_RDONLY)
      let before = try tree.read("Song/42/record.json")
      let writer = try tree.open("Song/42/record.json", O_RDWR)
      #expect(try tree.files.getattr(writer.inode, handle: writer.handle).attributes.size == Int64(before.utf8.count))
      var changes = AttributeChanges()
      changes.size = 0
      _ = try tree.files.setattr(writer.inode, handle: writer.handle, changes: changes, caller: tree.caller)
      #expect(throws: Errno.EPERM) {
        try tree.files.setattr(writer.inode, handle: nil, changes: changes, caller: tree.caller)
      }
      try tree.write(#"{"name":"#, writer)
      try tree.write(#" "Green"}"#, writer, at: 8)
      #expect(try tree.files.getattr(writer.inode, handle: writer.handle).attributes.size == 17)
      #expect(try tree.read("Song/42/record.json") == before)
      try tree.files.fsync(writer.inode, writer.handle, dataOnly: false)
      #expect(try tree.document("Song/42")["name"] == "Green")
      try tree.close(writer)
      let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 4_096)
      defer { scratch.deallocate() }
      guard
        case .scratch(let count) = try tree.files.read(
          reader.inode, reader.handle, at: 0, length: 4_096, scratch: scratch)
      else {
        throw Errno.EIO
      }
      #expect(String(decoding: scratch[..<count], as: UTF8.self) == before)
      try tree.close(reader)
    }
  }

  @Test("A new file that is renamed to it changes the record, as programs save that do so with care")
  func renamed() async throws {
    try await RecordTree.use(prepare: Self.songs) { tree in
      try tree.put(#"{"name": "Green"}"#, "Song/42/.record.json.swp")
      #expect(try tree.list("Song/42") == ["record.json", "coverArtPath", ".record.json.swp"])
      #expect(try tree.read("Song/42/.record.json.swp") == #"{"name": "Green"}"#)
      try tree.rename("Song/42/.record.json.swp", "Song/42/record.json")
      #expect(try tree.document("Song/42")["name"] == "Green")
      #expect(try tree.list("Song/42") == ["record.json", "coverArtPath"])

      try tree.put("no record", "Song/42/draft")
      #expect(throws: Errno.EINVAL) { try tree.rename("Song/42/draft", "Song/42/record.json") }
      #expect(throws: Errno.EEXIST) { try tree.rename("Song/42/draft", "Song/42/record.json", .noReplace) }
      try tree.rename("Song/42/draft", "Song/42/other")
      #expect(try tree.list("Song/42") == ["record.json", "coverArtPath", "other"])
      try tree.remove("Song/42/other")

      // An editor that moves the old text aside, and writes a new one.
      let before = try tree.read("Song/42/record.json")
      try tree.rename("Song/42/record.json", "Song/42/record.json~")
      #expect(try tree.read("Song/42/record.json~") == before)
      try tree.put(before.replacing("Green", with: "Red"), "Song/42/record.json")
      try tree.remove("Song/42/record.json~")
      #expect(try tree.document("Song/42")["name"] == "Red")
      #expect(try tree.list("Song/42") == ["record.json", "coverArtPath"])
    }
  }
}
