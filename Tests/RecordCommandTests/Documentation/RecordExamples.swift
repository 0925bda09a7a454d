// SPDX-License-Identifier: Apache-2.0
//
// The examples of docs/RECORDS.md: RecordGuideTests looks whether each of them stands here, and here they compile.

import Foundation
import Records
import Storage

enum RecordExamples {
  static func open() async throws {
    let schema = try RecordSchema(path: "music.json")
    let store = try SQLiteRecordStore(path: "music.sqlite")
    let storage = Storage(StorageConfiguration(bucket: "my-bucket", region: "eu-central-1"))
    let records = try Records(
      RecordsConfiguration(schema: schema, store: store, storage: storage, stateDirectory: "/var/lib/my-app/records"))
    try await records.repair()

    await records.close()
    await storage.close()
  }

  static func rules() throws -> RecordSchema {
    let rules = AttachmentRules(
      fields: ["Song.lyrics"], usesNames: false, template: try PathTemplate("files/{model}/{id}/{name}"),
      templates: ["Song.coverArtPath": try PathTemplate("covers/{id}-{name}")])
    let schema = try RecordSchema(path: "music.json", attachments: rules)
    return schema
  }

  static func declared() throws -> RecordSchema {
    let song = RecordModel(
      "Song",
      fields: [
        RecordField("id", .scalar("ID"), isRequired: true), RecordField("name", .scalar("String"), isRequired: true),
        RecordField("coverArtPath", .scalar("String")),
        RecordField("createdAt", .scalar("AWSDateTime"), isReadOnly: true),
        RecordField("updatedAt", .scalar("AWSDateTime"), isReadOnly: true),
      ], attachments: [AttachmentField("coverArtPath", isList: false)])
    let schema = try RecordSchema(models: [song])
    return schema
  }

  static func create(_ records: Records) async throws {
    let song = try await records.create(
      "Song", values: ["name": "Blue", "year": 1971], files: ["coverArtPath": [.file(path: "cover.jpg")]])
    print(song.id, song["coverArtPath"].string ?? "")
  }

  static func attach(_ records: Records, song: Record, album: Record, bytes: [UInt8]) async throws {
    let photo = RecordFile(name: "beach.jpg", data: .bytes(bytes), contentType: "image/jpeg")
    let result = try await records.attach([photo], to: "PhotoAlbum", id: album.id, field: "imagePaths")
    _ = try await records.replace(
      result.paths[0], with: .file(path: "better.jpg"), of: "PhotoAlbum", id: album.id, field: "imagePaths")
    _ = try await records.attach([.file(path: "new.jpg")], to: "Song", id: song.id, field: "coverArtPath", old: .keep)
  }

  static func read(_ records: Records, album: Record) async throws {
    for (file, url) in try await records.urls(of: "PhotoAlbum", id: album.id) { print(file.field, file.index, url.url) }
    let first = try await records.download(from: "PhotoAlbum", id: album.id, field: "imagePaths", index: 0)
    print(first.path, first.bytes?.count ?? 0)
  }

  static func remove(_ records: Records, song: Record, album: Record) async throws {
    _ = try await records.detach(from: "PhotoAlbum", id: album.id, field: "imagePaths", path: "images/1-beach.jpg")
    _ = try await records.detach(from: "Song", id: song.id, field: "coverArtPath", files: .delete)
    try await records.delete("PhotoAlbum", id: album.id)
  }

  static func query(_ records: Records) async throws {
    var token: String?
    repeat {
      let page = try await records.list(
        "Song", filter: .and([.field("name", .beginsWith("B")), .exists("coverArtPath")]), nextToken: token)
      for song in page.records { print(song.id, song["name"].string ?? "") }
      token = page.nextToken
    } while token != nil
  }

  static func change(_ records: Records, song: Record) async throws {
    do {
      _ = try await records.update(
        "Song", id: song.id, values: ["name": "Blue (remastered)", "year": .null],
        if: .equal("updatedAt", .string(song.updatedAt ?? "")))
    } catch {
      if error.code == .conditionFailed { print("somebody else was faster") }
    }
  }

  static func check(_ records: Records) async throws {
    let report = try await records.check(CheckOptions(fixes: true))
    print(report.danglingCount, report.orphanCount, report.cleared, report.deleted, report.failures)
  }
}
