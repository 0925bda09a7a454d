// SPDX-License-Identifier: Apache-2.0

import Records
import Storage
import Testing
import TestSupport

/// The workflows of the guide for one file, under its headings.
@Suite struct SingleFileWorkflowTests {
  @Test("Create a record with an associated file", arguments: RecordStoreKind.allCases)
  func create(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create(
      "Song", values: ["name": "My first song"], files: ["coverArtPath": [.text("cover.png")]])
    #expect(song["coverArtPath"] == .string("images/\(song.id)-cover.png"))
    #expect(try await records.get("Song", id: song.id) == song)
    let head = try #require(await fixture.bucket.head("images/\(song.id)-cover.png"))
    #expect(head.contentType == "image/png")
    #expect(try await fixture.content("images/\(song.id)-cover.png") == "content of cover.png")
    await records.close()
  }

  @Test("Add or update a file for an associated record", arguments: RecordStoreKind.allCases)
  func addOrUpdate(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"])
    let added = try await records.attach([.text("a.png")], to: "Song", id: song.id, field: "coverArtPath")
    #expect(added.paths == ["images/\(song.id)-a.png"] && added.record["coverArtPath"] == .string(added.paths[0]))
    let updated = try await records.attach([.text("b.png")], to: "Song", id: song.id, field: "coverArtPath")
    #expect(updated.record["coverArtPath"] == .string("images/\(song.id)-b.png") && updated.leftBehind.isEmpty)
    #expect(try await fixture.keys() == ["images/\(song.id)-b.png"])
    // A file of the same name never overwrites the one that readers have.
    let again = try await records.attach([.text("b.png", "new")], to: "Song", id: song.id, field: "coverArtPath")
    #expect(
      again.paths[0] != "images/\(song.id)-b.png" && again.paths[0].hasPrefix("images/\(song.id)-")
        && again.paths[0].hasSuffix("b.png"))
    #expect(try await fixture.content(again.paths[0]) == "new")
    let kept = try await records.attach([.text("c.png")], to: "Song", id: song.id, field: "coverArtPath", old: .keep)
    #expect(try await fixture.keys() == [again.paths[0], kept.paths[0]])
    await records.close()
  }

  @Test("Query a record and retrieve the associated file", arguments: RecordStoreKind.allCases)
  func query(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create(
      "Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.txt", "la la")]])
    let urls = try await records.urls(of: "Song", id: song.id)
    #expect(urls.map(\.file.path) == ["images/\(song.id)-a.txt"])
    #expect(try await Curl.get(urls[0].url) == "la la")
    let bytes = try await records.download(from: "Song", id: song.id, field: "coverArtPath").bytes
    #expect(bytes == Array("la la".utf8))
    let plain = try await records.create("Song", values: ["name": "without"])
    #expect(try await records.urls(of: "Song", id: plain.id).isEmpty)
    await expectError(.pathNotAttached) { () async throws(RecordError) in
      try await records.download(from: "Song", id: plain.id, field: "coverArtPath")
    }
    await records.close()
  }

  @Test("Remove the file association, continue to persist both file and record", arguments: RecordStoreKind.allCases)
  func dissociate(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.txt")]])
    let result = try await records.detach(from: "Song", id: song.id, field: "coverArtPath")
    #expect(result.record["coverArtPath"].isNull)
    #expect(try await records.get("Song", id: song.id)["coverArtPath"].isNull)
    #expect(try await fixture.keys() == ["images/\(song.id)-a.txt"])
    await records.close()
  }

  @Test("Remove the record association and delete the file", arguments: RecordStoreKind.allCases)
  func dissociateAndDelete(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.txt")]])
    _ = try await records.detach(from: "Song", id: song.id, field: "coverArtPath", files: .delete)
    #expect(try await records.get("Song", id: song.id)["coverArtPath"].isNull)
    #expect(try await fixture.keys().isEmpty)
    await records.close()
  }

  @Test("Delete both file and record", arguments: RecordStoreKind.allCases)
  func deleteBoth(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.txt")]])
    try await records.delete("Song", id: song.id)
    #expect(try await fixture.keys().isEmpty)
    await expectError(.recordNotFound) { () async throws(RecordError) in try await records.get("Song", id: song.id) }
    // The guide's example deletes nothing when there is no file.
    let plain = try await records.create("Song", values: ["name": "n"])
    try await records.delete("Song", id: plain.id)
    await expectError(.recordNotFound) { () async throws(RecordError) in try await records.get("Song", id: plain.id) }
    let kept = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("k.txt")]])
    try await records.delete("Song", id: kept.id, files: .keep)
    #expect(try await fixture.keys() == ["images/\(kept.id)-k.txt"])
    await records.close()
  }
}
