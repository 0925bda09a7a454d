// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

/// What every store does, with the semantics of the resolvers that Amplify generates (reference: its model transformer).
@Suite struct RecordStoreTests {
  @Test("create sets the times and the id", arguments: RecordStoreKind.allCases)
  func createSetsTimes(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, song) = (try fixture.store(), try fixture.schema.model("Song"))
    let made = try await store.create(song, id: "create-1", values: ["name": "Blue"])
    #expect(made["id"] == "create-1" && made["name"] == "Blue" && made["coverArtPath"].isNull)
    #expect(made.createdAt?.count == 24 && made.createdAt == made.updatedAt)
    #expect(try await store.get(song, id: "create-1") == made)
    await store.close()
  }

  @Test("create of an id that is taken is RecordExists, and changes nothing", arguments: RecordStoreKind.allCases)
  func createRefusesExisting(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, song) = (try fixture.store(), try fixture.schema.model("Song"))
    let made = try await store.create(song, id: "taken", values: ["name": "Blue"])
    await expectError(.recordExists) { () async throws(RecordError) in
      try await store.create(song, id: "taken", values: ["name": "Other"])
    }
    #expect(try await store.get(song, id: "taken") == made)
    await store.close()
  }

  @Test("get of what is not there is nil", arguments: RecordStoreKind.allCases)
  func getOfNothing(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let store = try fixture.store()
    #expect(try await store.get(fixture.schema.model("Song"), id: "nobody") == nil)
    await store.close()
  }

  @Test("update sets the given fields only, null removes, and updatedAt moves on", arguments: RecordStoreKind.allCases)
  func updateSetsGiven(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, track) = (try fixture.store(), try fixture.schema.model("Track"))
    let made = try await store.create(
      track, id: "u1", values: ["title": "One", "length": 180, "tags": ["a", "b"], "isLive": true])
    var changed = made
    // A service may do both within one millisecond.
    try await eventually("updatedAt moves on") {
      changed = try await store.update(
        track, id: "u1", values: ["length": 200, "isLive": .null, "rating": 4.5], if: nil)
      return changed.updatedAt != made.updatedAt
    }
    #expect(
      changed["title"] == "One" && changed["length"] == 200 && changed["isLive"].isNull
        && changed["tags"] == ["a", "b"])
    #expect(changed["rating"].number == 4.5)
    #expect(changed.createdAt == made.createdAt)
    #expect(try #require(changed.updatedAt) > #require(made.updatedAt))
    #expect(try await store.get(track, id: "u1") == changed)
    await store.close()
  }

  @Test(
    "update and delete of what is not there are RecordNotFound, never an insertion", arguments: RecordStoreKind.allCases
  )
  func changesNeedTheRecord(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, song) = (try fixture.store(), try fixture.schema.model("Song"))
    await expectError(.recordNotFound) { () async throws(RecordError) in
      try await store.update(song, id: "nobody", values: ["name": "x"], if: nil)
    }
    await expectError(.recordNotFound) { () async throws(RecordError) in
      try await store.update(song, id: "nobody", values: ["name": "x"], if: .equal("name", "y"))
    }
    await expectError(.recordNotFound) { () async throws(RecordError) in
      try await store.delete(song, id: "nobody", if: nil)
    }
    #expect(try await store.get(song, id: "nobody") == nil)
    await store.close()
  }

  @Test("a condition that does not hold stops update and delete", arguments: RecordStoreKind.allCases)
  func conditions(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, album) = (try fixture.store(), try fixture.schema.model("PhotoAlbum"))
    let made = try await store.create(
      album, id: "c1", values: ["name": "Sea", "imagePaths": ["images/a", "images/b"]])
    let failing: [RecordFilter] = [
      .equal("updatedAt", "2000-01-01T00:00:00.000Z"), .exists("imagePaths", false),
      .field("imagePaths", .size(.equal, 1)),
      .field("imagePaths", .contains("images/c")), .and([.equal("name", "Sea"), .equal("name", "Land")]),
      .not(.equal("name", "Sea")),
    ]
    for condition in failing {
      await expectError(.conditionFailed) { () async throws(RecordError) in
        try await store.update(album, id: "c1", values: ["name": "x"], if: condition)
      }
      await expectError(.conditionFailed) { () async throws(RecordError) in
        try await store.delete(album, id: "c1", if: condition)
      }
    }
    #expect(try await store.get(album, id: "c1") == made)
    let time = try #require(made.updatedAt)
    let holding = RecordFilter.and([
      .equal("updatedAt", .string(time)), .field("imagePaths", .size(.equal, 2)),
      .field("imagePaths", .contains("images/b")),
    ])
    let changed = try await store.update(album, id: "c1", values: ["name": "x"], if: holding)
    #expect(changed["name"] == "x")
    #expect(try await store.delete(album, id: "c1", if: .equal("name", "x")) == changed)
    #expect(try await store.get(album, id: "c1") == nil)
    await store.close()
  }

  @Test("of two changes on the same condition one succeeds", arguments: RecordStoreKind.allCases)
  func racingConditions(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, album) = (try fixture.store(), try fixture.schema.model("PhotoAlbum"))
    _ = try await store.create(album, id: "race", values: ["name": "0", "imagePaths": []])
    let winners = await withTaskGroup(of: Bool.self) { group in
      for index in 1...12 {
        group.addTask {
          (try? await store.update(album, id: "race", values: ["name": .string("\(index)")], if: .equal("name", "0")))
            != nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
    await store.close()
  }

  @Test("pages go through all records, each once, with and without a filter", arguments: RecordStoreKind.allCases)
  func pagination(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, track) = (try fixture.store(), try fixture.schema.model("Track"))
    let mark = RecordValue.string("page-\(fixture.directory.path.suffix(6))")
    var expected: Set<String> = []
    for index in 0..<23 {
      let id = "\(mark.string ?? "")-\(index)"
      expected.insert(id)
      _ = try await store.create(track, id: id, values: ["title": mark, "length": .int(Int64(index))])
    }
    for (filter, wanted) in [
      (RecordFilter.equal("title", mark), expected.count),
      (.and([.equal("title", mark), .field("length", .compare(.less, 5))]), 5),
    ] {
      var (found, token): ([String], String?) = ([], nil)
      repeat {
        let page = try await store.list(track, filter: filter, limit: 7, nextToken: token)
        #expect(page.records.count <= 7)
        found += page.records.map(\.id)
        token = page.nextToken
      } while token != nil
      #expect(found.count == wanted && Set(found).count == wanted && Set(found).isSubset(of: expected))
    }
    await store.close()
  }

  @Test("filters find what DynamoDB finds", arguments: RecordStoreKind.allCases)
  func filters(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, track) = (try fixture.store(), try fixture.schema.model("Track"))
    let mark = RecordValue.string("filter-\(fixture.directory.path.suffix(6))")
    let values: [String: [String: RecordValue]] = [
      "a": [
        "length": 100, "rating": 1.5, "isLive": true, "genre": "ROCK", "tags": ["x", "y"], "recordedOn": "2026-01-01",
      ],
      "b": [
        "length": 200, "rating": 2.5, "isLive": false, "genre": "JAZZ", "tags": ["y"], "lyricsKey": "images/b-text",
      ],
      "c": ["length": 300, "tags": []],
      "d": ["lyricsKey": "images/d-é"],
    ]
    for (id, fields) in values {
      _ = try await store.create(
        track, id: "\(mark.string ?? "")-\(id)", values: fields.merging(["title": mark]) { $1 })
    }
    let cases: [(RecordFilter, Set<String>)] = [
      (.equal("length", 200), ["b"]),
      (.field("length", .compare(.notEqual, 200)), ["a", "c", "d"]),
      (.field("length", .compare(.greater, 100)), ["b", "c"]),
      (.field("length", .compare(.lessOrEqual, 200)), ["a", "b"]),
      (.field("length", .between(150, 300)), ["b", "c"]),
      (.field("rating", .compare(.greaterOrEqual, 2.5)), ["b"]),
      (.equal("isLive", true), ["a"]),
      (.equal("genre", "JAZZ"), ["b"]),
      (.field("tags", .contains("y")), ["a", "b"]),
      (.field("tags", .notContains("y")), ["c", "d"]),
      (.field("lyricsKey", .beginsWith("images/b")), ["b"]),
      (.field("lyricsKey", .contains("text")), ["b"]),
      (.exists("lyricsKey"), ["b", "d"]),
      (.exists("lyricsKey", false), ["a", "c"]),
      (.field("lyricsKey", .size(.equal, 10)), ["d"]),
      (.field("lyricsKey", .attributeType("string")), ["b", "d"]),
      (.or([.equal("length", 100), .equal("length", 300)]), ["a", "c"]),
      (.not(.or([.equal("length", 100), .equal("length", 300)])), ["b", "d"]),
      (.and([.exists("length"), .not(.equal("genre", "ROCK"))]), ["b", "c"]),
    ]
    for (filter, wanted) in cases {
      let page = try await store.list(
        track, filter: .and([.equal("title", mark), filter]), limit: 1_000, nextToken: nil)
      let found = Set(page.records.map { String($0.id.suffix(1)) })
      #expect(found == wanted, "\(filter.value.json())")
    }
    await store.close()
  }

  @Test("the record of a path is found", arguments: RecordStoreKind.allCases)
  func reverseLookUp(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let (store, song, album) = (
      try fixture.store(), try fixture.schema.model("Song"), try fixture.schema.model("PhotoAlbum")
    )
    let path = "images/reverse-\(fixture.directory.path.suffix(6))"
    let one = try await store.create(
      song, id: path.replacing("images/", with: "s"), values: ["name": "s", "coverArtPath": .string(path)])
    let many = try await store.create(
      album, id: path.replacing("images/", with: "p"),
      values: ["name": "p", "imagePaths": ["images/other", .string(path), .null]])
    #expect(try await store.records(with: path, in: song) == [one])
    #expect(try await store.records(with: path, in: album).map(\.id) == [many.id])
    #expect(try await store.records(with: path + "x", in: song).isEmpty)
    _ = try await store.update(song, id: one.id, values: ["coverArtPath": .null], if: nil)
    #expect(try await store.records(with: path, in: song).isEmpty)
    await store.close()
  }

  @Test("a token of nobody is refused", arguments: RecordStoreKind.allCases)
  func badToken(_ kind: RecordStoreKind) async throws {
    let fixture = try await RecordsFixture(kind)
    let store = try fixture.store()
    let song = try fixture.schema.model("Song")
    do throws(RecordError) {
      _ = try await store.list(song, filter: nil, limit: 10, nextToken: "nonsense")
      Issue.record("the token was taken")
    } catch {
      #expect([.invalidToken, .rejected].contains(error.code), "\(error)")
    }
    await store.close()
  }
}
