// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Records
import Storage
import Testing
import TestSupport

/// Files that are not for Pail to delete, however much they look like it.
@Suite struct ForeignFileTests {
  @Test("repair with other rules leaves what a record names", arguments: RecordStoreKind.ofOneTest)
  func otherRules(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let id = try await fixture.records().create("Song", values: ["name": "n"]).id
    // Noted, uploaded, planned, associated.
    let hasCrashed = try await CrashPoint(after: 4).run(fixture) {
      _ = try await $0.attach([.text("a.png")], to: "Song", id: id, field: "coverArtPath")
    }
    #expect(hasCrashed)
    let other = try fixture.records(attachments: AttachmentRules(usesNames: false))
    #expect(try await other.repair().settled == 1)
    #expect(try await fixture.keys() == ["images/\(id)-a.png"])
    await other.close()
  }

  @Test(
    "what an app wrote into the field from elsewhere is never deleted nor cleared", arguments: RecordStoreKind.ofOneTest
  )
  func elsewhere(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    try await fixture.put("config/prod.json")
    let song = try fixture.schema.model("Song")
    let store = try fixture.store()
    _ = try await store.create(song, id: "a", values: ["name": "n", "coverArtPath": "config/prod.json"])
    _ = try await store.create(song, id: "b", values: ["name": "n", "coverArtPath": "ABC-123"])
    let report = try await records.check(CheckOptions(grace: -60))
    #expect(report.danglingCount == 0)
    _ = try await records.detach(from: "Song", id: "a", field: "coverArtPath", files: .delete)
    #expect(try await records.get("Song", id: "a")["coverArtPath"].isNull)
    _ = try await store.update(song, id: "a", values: ["coverArtPath": "config/prod.json"], if: nil)
    try await records.delete("Song", id: "a")
    #expect(try await fixture.keys() == ["config/prod.json"])
    await records.close()
  }

  @Test("names that only bytes tell apart are two files", arguments: RecordStoreKind.ofOneTest)
  func normalization(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let (composed, decomposed) = ("\u{E9}.jpg", "e\u{301}.jpg")
    let album = try await records.create(
      "PhotoAlbum", values: ["name": "n"], files: ["imagePaths": [.text(composed), .text(decomposed)]])
    let found = try await records.check(CheckOptions(fixes: true, grace: -60))
    #expect(found.references == 2 && found.files == 2 && found.orphanCount == 0 && found.danglingCount == 0)
    let one = try await records.detach(
      from: "PhotoAlbum", id: album.id, field: "imagePaths", path: "images/\(album.id)-\(decomposed)", files: .delete)
    #expect(
      one.record["imagePaths"].list?.first?.string.map { Array($0.utf8) }
        == Array("images/\(album.id)-\(composed)".utf8))
    #expect(try await fixture.keys().map { Array($0.utf8) } == [Array("images/\(album.id)-\(composed)".utf8)])
    await records.close()
  }

  @Test("a bucket that has none of the files is the wrong one: nothing is cleared")
  func wrongBucket() async throws {
    let fixture = try await RecordsFixture(.sqlite)
    let records = try fixture.records()
    let names = (0..<12).map { RecordFile.text("\($0).jpg") }
    let album = try await records.create("PhotoAlbum", values: ["name": "n"], files: ["imagePaths": names])
    let empty = fixture.bucket.bucket + "-other"
    try await fixture.bucket.makeBucket(empty, versioned: false)
    let other = try fixture.records(bucket: .bucket(name: empty))
    await expectError(.wrongBucket) { () async throws(RecordError) in
      try await other.check(CheckOptions(fixes: true, grace: -60))
    }
    #expect(try await other.check(CheckOptions(grace: -60)).danglingCount == 12)
    #expect(try await records.get("PhotoAlbum", id: album.id) == album)
    await other.close()
    await records.close()
  }

  @Test("a file that was attached and then given up on purpose is not repair's")
  func givenUp() async throws {
    let fixture = try await RecordsFixture(.sqlite)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    // Noted, uploaded, planned, associated, and the old file is gone.
    let hasCrashed = try await CrashPoint(after: 5).run(fixture) {
      _ = try await $0.attach([.text("b.png")], to: "Song", id: song.id, field: "coverArtPath")
    }
    #expect(hasCrashed)
    _ = try await records.detach(from: "Song", id: song.id, field: "coverArtPath", files: .keep)
    #expect(try await records.repair().settled == 1)
    #expect(try await fixture.keys() == ["images/\(song.id)-b.png"])
    await records.close()
  }

  @Test("a file in a directory that looks like one of a record is somebody's own")
  func directories() async throws {
    let fixture = try await RecordsFixture(.sqlite)
    let records = try fixture.records()
    let path = "images/0b9f64d1-54c4-4b4e-9f59-5d7a4c7d3a10-thumbs/small.jpg"
    try await fixture.put(path)
    let report = try await records.check(CheckOptions(fixes: true, grace: -60))
    #expect(report.orphanCount == 0 && report.unknown.map(\.path) == [path])
    #expect(try await fixture.keys() == [path])
    await records.close()
  }

  @Test("an object that came under a path after it was to be deleted stays")
  func youngerObject() async throws {
    let fixture = try await RecordsFixture(.sqlite)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    // Noted, planned, dissociated.
    _ = try await CrashPoint(after: 3).run(fixture) {
      _ = try await $0.detach(from: "Song", id: song.id, field: "coverArtPath", files: .delete)
    }
    // Times of objects are to the second, and so is what repair can tell from them.
    let path = "images/\(song.id)-a.png"
    let before = try #require(await fixture.storage.getProperties(path: .path(path)).lastModified)
    try await eventually("the object is younger than the note") {
      try await fixture.put(path, "another")
      let now = try #require(await fixture.storage.getProperties(path: .path(path)).lastModified)
      return now.timeIntervalSince(before) >= 3
    }
    #expect(try await records.repair().deleted.isEmpty)
    #expect(try await fixture.content("images/\(song.id)-a.png") == "another")
    await records.close()
  }
}
