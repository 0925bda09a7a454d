// SPDX-License-Identifier: Apache-2.0

import Foundation
import Records
import Testing
import TestSupport

/// What 100,000 records cost. With as many files, and optimised, `scripts/records-scale` measures; here the files are 3,000, and the limit of
/// time is one that a debug build keeps beside others.
@Suite struct ScaleTests {
  @Test("a page of 100 among 100,000 records costs no more than one among 100")
  func pages() async throws {
    let directory = try TemporaryDirectory("scale")
    let store = try SQLiteRecordStore(path: directory.path("records.sqlite"))
    let song = try RecordStoreBackend.sqlite(path: "").schema(AttachmentRules()).model("Song")
    try await ManyRecords.addSongs(100_000, to: directory.path("records.sqlite"))
    var (token, fastest): (String?, Duration) = (nil, .seconds(1))
    for _ in 0..<20 {
      let begin = ContinuousClock.now
      let page = try await store.list(song, filter: nil, limit: 100, nextToken: token)
      fastest = min(fastest, ContinuousClock.now - begin)
      #expect(page.records.count == 100)
      token = page.nextToken
    }
    #expect(fastest < .milliseconds(100), "\(fastest)")
    await store.close()
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
