// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

/// What cannot be is refused by name, before anything changes.
@Suite struct BadInputTests {
  @Test("each mistake has its own error, and nothing changes", arguments: RecordStoreKind.allCases)
  func mistakes(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    let album = try await records.create("PhotoAlbum", values: ["name": "n"])
    let before = try await fixture.keys()

    await expectError(.unknownModel) { () async throws(RecordError) in try await records.get("Sonk", id: song.id) }
    await expectError(.unknownModel) { () async throws(RecordError) in try await records.create("Sonk") }
    await expectError(.unknownField) { () async throws(RecordError) in
      try await records.update("Song", id: song.id, values: ["title": "x"])
    }
    await expectError(.unknownField) { () async throws(RecordError) in
      try await records.list("Song", filter: .equal("title", "x"))
    }
    await expectError(.unknownField) { () async throws(RecordError) in
      try await records.attach([.text("x")], to: "Song", id: song.id, field: "title")
    }
    await expectError(.notAnAttachment) { () async throws(RecordError) in
      try await records.attach([.text("x")], to: "Song", id: song.id, field: "name")
    }
    await expectError(.invalidValue) { () async throws(RecordError) in
      try await records.update("Song", id: song.id, values: ["name": 3])
    }
    await expectError(.invalidValue) { () async throws(RecordError) in
      try await records.create("Track", values: ["title": "t", "length": 4_000_000_000])
    }
    await expectError(.invalidValue) { () async throws(RecordError) in
      try await records.create("Track", values: ["title": "t", "genre": "POLKA"])
    }
    await expectError(.invalidValue) { () async throws(RecordError) in
      try await records.update("Song", id: song.id, values: ["name": .null])
    }
    await expectError(.invalidValue) { () async throws(RecordError) in
      try await records.create("Song", id: "a/b", values: ["name": "n"])
    }
    await expectError(.missingField) { () async throws(RecordError) in try await records.create("Song") }
    await expectError(.readOnlyField) { () async throws(RecordError) in
      try await records.update("Song", id: song.id, values: ["updatedAt": "2026-01-01T00:00:00.000Z"])
    }
    await expectError(.readOnlyField) { () async throws(RecordError) in
      try await records.update("Song", id: song.id, values: ["id": "other"])
    }
    await expectError(.recordNotFound) { () async throws(RecordError) in
      try await records.attach([.text("x")], to: "Song", id: "nobody", field: "coverArtPath")
    }
    await expectError(.recordNotFound) { () async throws(RecordError) in
      try await records.update("Song", id: "nobody", values: ["name": "x"])
    }
    await expectError(.recordNotFound) { () async throws(RecordError) in try await records.delete("Song", id: "nobody")
    }
    await expectError(.recordExists) { () async throws(RecordError) in
      try await records.create("Song", id: song.id, values: ["name": "x"], files: ["coverArtPath": [.text("x")]])
    }
    await expectError(.tooManyFiles) { () async throws(RecordError) in
      try await records.attach([.text("x"), .text("y")], to: "Song", id: song.id, field: "coverArtPath")
    }
    for name in ["", "a/b", "..", "a\nb", String(repeating: "x", count: 256)] {
      await expectError(.invalidFileName) { () async throws(RecordError) in
        try await records.attach([.text(name)], to: "Song", id: song.id, field: "coverArtPath")
      }
    }
    // A file that is not there: the bucket's error, and the record is as it was.
    await expectError(.storage) { () async throws(RecordError) in
      try await records.attach([.file(path: "/nonexistent/file")], to: "Song", id: song.id, field: "coverArtPath")
    }
    await expectError(.storage) { () async throws(RecordError) in
      try await records.create(
        "Song", id: "half", values: ["name": "x"], files: ["coverArtPath": [.file(path: "/nonexistent/file")]])
    }
    await expectError(.recordNotFound) { () async throws(RecordError) in try await records.get("Song", id: "half") }

    #expect(try await records.get("Song", id: song.id) == song)
    #expect(try await records.get("PhotoAlbum", id: album.id) == album)
    #expect(try await fixture.keys() == before)
    #expect(try await records.repair() == RepairReport())
    await records.close()
  }

  @Test(
    "a path that is given must be where the template says, nobody else's, and there",
    arguments: RecordStoreKind.allCases)
  func paths(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    let other = try await records.create("Song", values: ["name": "other"])
    let album = try await records.create("PhotoAlbum", values: ["name": "n"])
    for path in ["other/a.png", "/images/a.png", "images/", "images/sub/"] {
      await expectError(.pathNotAllowed) { () async throws(RecordError) in
        try await records.update("Song", id: song.id, values: ["coverArtPath": .string(path)])
      }
    }
    let taken = try #require(song["coverArtPath"].string)
    await expectError(.pathInUse) { () async throws(RecordError) in
      try await records.update("Song", id: other.id, values: ["coverArtPath": .string(taken)])
    }
    await expectError(.pathInUse) { () async throws(RecordError) in
      try await records.update("PhotoAlbum", id: album.id, values: ["imagePaths": [.string(taken)]])
    }
    await expectError(.pathInUse) { () async throws(RecordError) in
      try await records.create("Song", values: ["name": "x", "coverArtPath": .string(taken)])
    }
    await expectError(.fileNotFound) { () async throws(RecordError) in
      try await records.update("Song", id: other.id, values: ["coverArtPath": "images/nothing.png"])
    }
    try await fixture.put("images/by-hand.png")
    let changed = try await records.update("Song", id: other.id, values: ["coverArtPath": "images/by-hand.png"])
    #expect(changed["coverArtPath"] == "images/by-hand.png")
    #expect(try await records.get("PhotoAlbum", id: album.id) == album)
    await records.close()
  }

  @Test(
    "of two records that an app let claim one file, the deletion of one leaves it to the other",
    arguments: RecordStoreKind.ofOneTest)
  func sharedPath(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    try await fixture.put("images/shared.png")
    let song = try fixture.schema.model("Song")
    let store = try fixture.store()
    let ids = ["shared-1-\(fixture.directory.path.suffix(6))", "shared-2-\(fixture.directory.path.suffix(6))"]
    for id in ids {
      _ = try await store.create(song, id: id, values: ["name": "n", "coverArtPath": "images/shared.png"])
    }
    #expect(try await records.check(CheckOptions(grace: -60)).sharedCount == 1)
    try await records.delete("Song", id: ids[0])
    #expect(try await fixture.keys() == ["images/shared.png"])
    try await records.delete("Song", id: ids[1])
    #expect(try await fixture.keys().isEmpty)
    await records.close()
  }
}
