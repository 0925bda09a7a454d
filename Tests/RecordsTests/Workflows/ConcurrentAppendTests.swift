// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

@Suite struct ConcurrentAppendTests {
  @Test("50 appends at once to one album: 50 paths", arguments: RecordStoreKind.ofOneTest)
  func fiftyAppends(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let observer = try fixture.records()
    let album = try await observer.create("PhotoAlbum", values: ["name": "n"])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<5 {
        let records = try fixture.records()
        group.addTask {
          for index in 0..<10 {
            _ = try await records.attach(
              [.text("\(client)-\(index).jpg")], to: "PhotoAlbum", id: album.id, field: "imagePaths")
          }
          await records.close()
        }
      }
      try await group.waitForAll()
    }
    let paths = try #require(await observer.get("PhotoAlbum", id: album.id)["imagePaths"].list).compactMap(\.string)
    #expect(paths.count == 50 && Set(paths).count == 50)
    #expect(try await fixture.keys() == Set(paths))
    await observer.close()
  }

  @Test(
    "a file that is attached while another call deletes one of that name is not lost",
    arguments: RecordStoreKind.ofOneTest)
  func replaceRaces(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let observer = try fixture.records()
    let song = try await observer.create("Song", values: ["name": "n"])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<4 {
        let records = try fixture.records()
        group.addTask {
          for index in 0..<6 {
            if (client + index) % 3 == 0 {
              _ = try await records.detach(from: "Song", id: song.id, field: "coverArtPath", files: .delete)
            } else {
              _ = try await records.attach([.text("cover.jpg")], to: "Song", id: song.id, field: "coverArtPath")
            }
          }
          await records.close()
        }
      }
      try await group.waitForAll()
    }
    let found = try await observer.check(CheckOptions(grace: -60))
    #expect(found.danglingCount == 0 && found.orphanCount == 0)
    await observer.close()
  }
}
