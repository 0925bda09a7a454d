// SPDX-License-Identifier: Apache-2.0

import Records
import Storage
import Testing
import TestSupport

/// The workflows of the guide for several files, under its headings.
@Suite struct MultipleFilesWorkflowTests {
  private func album(_ records: Records, _ names: String...) async throws -> Record {
    try await records.create("PhotoAlbum", values: ["name": "n"], files: ["imagePaths": names.map { .text($0) }])
  }

  @Test("Create a record with multiple associated files", arguments: RecordStoreKind.allCases)
  func create(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg")
    let paths = (1...6).map { "images/\(album.id)-\($0).jpg" }
    #expect(album["imagePaths"] == .list(paths.map { .string($0) }))
    #expect(try await fixture.keys() == Set(paths))
    await records.close()
  }

  @Test("Two files of one name are two files", arguments: RecordStoreKind.allCases)
  func sameNames(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await records.create("PhotoAlbum", values: ["name": "n"])
    let texts = (0..<6).map { "photo \($0)" }
    let result = try await records.attach(
      texts.map { .text("1.jpg", $0) }, to: "PhotoAlbum", id: album.id, field: "imagePaths")
    #expect(Set(result.paths).count == texts.count)
    for (path, text) in zip(result.paths, texts) { #expect(try await fixture.content(path) == text) }
    await records.close()
  }

  @Test("Add new files to an associated record", arguments: RecordStoreKind.allCases)
  func add(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.jpg")
    let result = try await records.attach(
      [.text("2.jpg"), .text("3.jpg")], to: "PhotoAlbum", id: album.id, field: "imagePaths")
    #expect(result.record["imagePaths"] == .list((1...3).map { .string("images/\(album.id)-\($0).jpg") }))
    // The guide's example forgets the new files of a record that has none yet.
    let empty = try await records.create("PhotoAlbum", values: ["name": "n"])
    let first = try await records.attach([.text("1.jpg")], to: "PhotoAlbum", id: empty.id, field: "imagePaths")
    #expect(first.record["imagePaths"] == [.string("images/\(empty.id)-1.jpg")])
    await records.close()
  }

  @Test("Update the file for an associated record", arguments: RecordStoreKind.allCases)
  func update(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.jpg", "2.jpg", "3.jpg")
    let old = "images/\(album.id)-2.jpg"
    let result = try await records.replace(
      old, with: .text("new.jpg"), of: "PhotoAlbum", id: album.id, field: "imagePaths")
    #expect(result.record["imagePaths"] == .list(["1", "new", "3"].map { .string("images/\(album.id)-\($0).jpg") }))
    #expect(try await !fixture.keys().contains(old))
    await expectError(.pathNotAttached) { () async throws(RecordError) in
      try await records.replace(old, with: .text("x.jpg"), of: "PhotoAlbum", id: album.id, field: "imagePaths")
    }
    #expect(try await fixture.keys().count == 3)
    await records.close()
  }

  @Test("Query a record and retrieve the associated files", arguments: RecordStoreKind.allCases)
  func query(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.txt", "2.txt")
    // Elements may be null: the schema allows it.
    let paths = try #require(album["imagePaths"].list)
    _ = try await fixture.store().update(
      fixture.schema.model("PhotoAlbum"), id: album.id, values: ["imagePaths": .list([paths[0], .null, paths[1]])],
      if: nil)
    let urls = try await records.urls(of: "PhotoAlbum", id: album.id, field: "imagePaths")
    #expect(urls.map(\.file.index) == [0, 2])
    #expect(try await Curl.get(urls[1].url) == "content of 2.txt")
    let bytes = try await records.download(from: "PhotoAlbum", id: album.id, field: "imagePaths", index: 2).bytes
    #expect(bytes == Array("content of 2.txt".utf8))
    await records.close()
  }

  @Test("Remove the file association, continue to persist both files and record", arguments: RecordStoreKind.allCases)
  func dissociate(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.jpg", "2.jpg")
    let one = try await records.detach(
      from: "PhotoAlbum", id: album.id, field: "imagePaths", path: "images/\(album.id)-1.jpg")
    #expect(one.record["imagePaths"] == [.string("images/\(album.id)-2.jpg")])
    let all = try await records.detach(from: "PhotoAlbum", id: album.id, field: "imagePaths")
    #expect(all.record["imagePaths"].isNull)
    #expect(try await fixture.keys().count == 2)
    await records.close()
  }

  @Test("Remove the record association and delete the files", arguments: RecordStoreKind.allCases)
  func dissociateAndDelete(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.jpg", "2.jpg", "3.jpg")
    _ = try await records.detach(
      from: "PhotoAlbum", id: album.id, field: "imagePaths", path: "images/\(album.id)-1.jpg", files: .delete)
    #expect(try await fixture.keys().count == 2)
    _ = try await records.detach(from: "PhotoAlbum", id: album.id, field: "imagePaths", files: .delete)
    #expect(try await fixture.keys().isEmpty)
    #expect(try await records.get("PhotoAlbum", id: album.id)["name"] == "n")
    await records.close()
  }

  @Test("Delete record and all associated files", arguments: RecordStoreKind.allCases)
  func deleteAll(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let album = try await album(records, "1.jpg", "2.jpg", "3.jpg")
    try await records.delete("PhotoAlbum", id: album.id)
    #expect(try await fixture.keys().isEmpty)
    await expectError(.recordNotFound) { () async throws(RecordError) in
      try await records.get("PhotoAlbum", id: album.id)
    }
    await records.close()
  }
}
