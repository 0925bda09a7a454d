// SPDX-License-Identifier: Apache-2.0

import Foundation
import Records
import Testing
import TestSupport

/// What 100,000 records cost. With as many files, and optimised, `scripts/records-scale` measures; here the files are 3,000.
@Suite struct ScaleTests {
  @Test("a page among 100,000 records costs no more than one among 200")
  func pages() async throws {
    let few = try await Self.fastestPage(among: 200)
    let many = try await Self.fastestPage(among: 100_000)
    // Reading all of them would cost some hundred times as much.
    #expect(many < few * 4, "\(many) instead of \(few)")
  }

  /// What a page of 100 costs, at best.
  private static func fastestPage(among count: Int) async throws -> Duration {
    let directory = try TemporaryDirectory("scale")
    let store = try SQLiteRecordStore(path: directory.path("records.sqlite"))
    let song = try RecordStoreBackend.sqlite(path: "").schema(AttachmentRules()).model("Song")
    try await ManyRecords.addSongs(count, to: directory.path("records.sqlite"))
    var (token, fastest): (String?, Duration) = (nil, .seconds(100))
    for _ in 0..<20 {
      let begin = ContinuousClock.now
      let page = try await store.list(song, filter: nil, limit: 100, nextToken: token)
      fastest = min(fastest, page.records.isEmpty ? fastest : ContinuousClock.now - begin)
      token = page.nextToken
    }
    await store.close()
    return fastest
  }

  @Test("check compares thousands of records and files page by page")
  func check() async throws {
    let fixture = try await RecordsFixture(.sqlite)
    let records = try fixture.records()
    try await ManyRecords.addSongs(3_000, to: fixture.directory.path("records.sqlite"))
    // images/song-000000 is nobody's, images/song-003000 is missing.
    try await fixture.bucket.putMany(prefix: "images/song-", count: 3_000)
    let report = try await records.check(CheckOptions(grace: -60))
    #expect(report.records == 3_000 && report.files == 3_000)
    #expect(report.dangling.map(\.path) == ["images/song-003000"] && report.danglingCount == 1)
    #expect(report.unknown.map(\.path) == ["images/song-000000"] && report.orphanCount == 0)
    await records.close()
  }
}
