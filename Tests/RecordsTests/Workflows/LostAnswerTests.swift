// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

/// A service that does what it is asked and whose answer never comes, and one that does not answer at all.
@Suite struct LostAnswerTests {
  @Test("a workflow whose answers are lost is done once", arguments: Scenario.allCases)
  func once(_ scenario: Scenario) async throws {
    let server = try await GraphQLServer.start()
    let fixture = try await RecordsFixture(server)
    let records = try fixture.records()
    for request in 0..<4 {
      let id = try await scenario.prepare(records)
      try server.drop(times: 1, after: request)
      try await scenario.run(records, id)
      try server.heal()
      let found = try await records.check(CheckOptions(grace: -60))
      #expect(found.danglingCount == 0, "request \(request)")
      if !scenario.keepsFiles { #expect(found.orphanCount == 0, "request \(request): \(found.orphans)") }
    }
    let songs = try await records.list("Song", limit: 1_000).records.count
    let albums = try await records.list("PhotoAlbum", limit: 1_000).records.count
    let isDeleted = [.delete, .deleteKeepingFiles, .deleteWithFiles].contains(scenario)
    #expect(songs + albums == (isDeleted ? 0 : 4))
    await records.close()
  }

  @Test("a workflow that finds no service fails, and repair settles it", arguments: Scenario.allCases)
  func unavailable(_ scenario: Scenario) async throws {
    let server = try await GraphQLServer.start()
    let fixture = try await RecordsFixture(server)
    let records = try fixture.records()
    for request in 0..<4 {
      let id = try await scenario.prepare(records)
      try server.fail(503, times: 1_000, after: request)
      let error: RecordError?
      do {
        try await scenario.run(records, id)
        error = nil
      } catch let failure as RecordError {
        error = failure
      }
      try server.heal()
      #expect(error == nil || error?.code == .unavailable, "request \(request): \(String(describing: error))")
      #expect(try await records.check(CheckOptions(grace: -60)).danglingCount == 0)
      #expect(try await records.repair().failed.isEmpty)
      let after = try await records.check(CheckOptions(grace: -60))
      #expect(after.danglingCount == 0)
      if !scenario.keepsFiles { #expect(after.orphanCount == 0, "request \(request): \(after.orphans)") }
    }
    await records.close()
  }

  @Test("an expired API key is told as such, and nothing changes")
  func expiredKey() async throws {
    let server = try await GraphQLServer.start()
    let fixture = try await RecordsFixture(server)
    let records = try fixture.records()
    let song = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]])
    try server.expireKey()
    await expectError(.expiredAPIKey) { () async throws(RecordError) in
      try await records.attach([.text("b.png")], to: "Song", id: song.id, field: "coverArtPath")
    }
    await expectError(.expiredAPIKey) { () async throws(RecordError) in try await records.delete("Song", id: song.id) }
    await expectError(.expiredAPIKey) { () async throws(RecordError) in
      try await records.create("Song", values: ["name": "x"], files: ["coverArtPath": [.text("a.png")]])
    }
    #expect(try await fixture.keys() == ["images/\(song.id)-a.png"])
    await records.close()
  }
}
