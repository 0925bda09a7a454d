// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

@Suite struct CheckTests {
  @Test("check finds what is gone and what nobody names, and repairs it", arguments: RecordStoreKind.ofOneTest)
  func findings(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    let album = try await records.create(
      "PhotoAlbum", values: ["name": "n"], files: ["imagePaths": [.text("1.jpg"), .text("2.jpg"), .text("3.jpg")]])
    let gone = "images/\(album.id)-2.jpg"
    try await fixture.bucket.delete(gone)
    let orphan = "images/0b9f64d1-54c4-4b4e-9f59-5d7a4c7d3a10-left.jpg"
    try await fixture.put(orphan, "12345")
    try await fixture.put("images/logo.png")
    try await fixture.put("elsewhere/\(album.id)-x.jpg")
    // Named by a field that holds no paths: somebody's all the same.
    let mentioned = "images/0b9f64d1-54c4-4b4e-9f59-5d7a4c7d3a11-other.jpg"
    try await fixture.put(mentioned)
    _ = try await records.update("Song", id: song.id, values: ["name": .string(mentioned)])

    let young = try await records.check()
    #expect(young.orphanCount == 0 && young.recentCount == 2 && young.danglingCount == 1)
    let found = try await records.check(CheckOptions(grace: -60))
    #expect(found.references == 4 && found.files == 6)
    #expect(
      found.dangling == [CheckReport.Reference(model: "PhotoAlbum", id: album.id, field: "imagePaths", path: gone)])
    #expect(found.orphans.map(\.path) == [orphan] && found.orphanBytes == 5 && found.orphanCount == 1)
    #expect(found.unknown.map(\.path) == ["images/logo.png"])
    #expect(found.cleared == 0 && found.deleted == 0)

    let fixed = try await records.check(CheckOptions(fixes: true, grace: -60))
    #expect(fixed.cleared == 1 && fixed.deleted == 1 && fixed.failures.isEmpty)
    #expect(try await records.get("PhotoAlbum", id: album.id)["imagePaths"].list?.count == 2)
    let after = try await records.check(CheckOptions(grace: -60))
    #expect(after.danglingCount == 0 && after.orphanCount == 0)
    let keys = try await fixture.keys()
    #expect(
      keys.isSuperset(of: ["images/logo.png", "elsewhere/\(album.id)-x.jpg", mentioned]) && !keys.contains(orphan))
    await records.close()
  }

  @Test("what an upload under way has put there is no orphan", arguments: RecordStoreKind.ofOneTest)
  func uploadsUnderWay(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let observer = try fixture.records()
    let song = try await observer.create("Song", values: ["name": "n"])
    let (reached, go) = (Gate(), Gate())
    let worker = try fixture.records(onStep: { step in
      guard step == .uploaded else { return }
      reached.open()
      await go.pass()
    })
    async let attached = worker.attach([.text("a.png")], to: "Song", id: song.id, field: "coverArtPath")
    await reached.pass()
    let found = try await observer.check(CheckOptions(fixes: true, grace: -60))
    #expect(found.files == 1 && found.orphanCount == 0 && found.recentCount == 1 && found.deleted == 0)
    #expect(try await observer.repair() == RepairReport())
    go.open()
    let path = try await attached.paths[0]
    #expect(try await fixture.keys() == [path])
    await worker.close()
    await observer.close()
  }

  @Test(
    "a reader of a file that is gone reads the record once more, then says so", arguments: RecordStoreKind.ofOneTest)
  func danglingReader(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    try await fixture.bucket.delete("images/\(song.id)-a.png")
    let error = await expectError(.danglingReference) { () async throws(RecordError) in
      try await records.download(from: "Song", id: song.id, field: "coverArtPath")
    }
    #expect(error?.message.contains("images/\(song.id)-a.png") == true)
    await records.close()
  }
}
