// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

@testable import Records

@Suite("Changes in AppSync")
struct AppSyncLostAnswerTests {
  typealias Outcome = AppSyncBench.Outcome

  private let song = AppSyncBench.song
  private let found = Outcome.data(#"{"getSong":\#(AppSyncBench.songJSON)}"#)
  private let nothing = Outcome.data(#"{"getSong":null}"#)

  private func create(
    _ outcomes: [Outcome], _ values: [String: RecordValue] = ["name": "A", "coverArtPath": .null]
  ) async throws -> (Result<Record, RecordError>, AppSyncBench) {
    let bench = AppSyncBench(outcomes)
    let store = try bench.store()
    do throws(RecordError) {
      return (.success(try await store.create(song, id: "42", values: values)), bench)
    } catch {
      return (.failure(error), bench)
    }
  }

  @Test("create: the record as the service made it")
  func created() async throws {
    let (result, bench) = try await create([.data(#"{"createSong":\#(AppSyncBench.songJSON)}"#)])
    let record = try result.get()
    #expect(record.id == "42" && record.model == "Song" && record.createdAt == "2026-11-21T10:00:00.000Z")
    #expect(record.values.keys.sorted() == ["createdAt", "id", "name", "updatedAt"])
    #expect(bench.operations == ["createSong"])
  }

  @Test("create: an id that is taken")
  func exists() async throws {
    let (result, bench) = try await create([.conditionFailed("createSong")])
    guard case .failure(let error) = result else { return #expect(Bool(false)) }
    #expect(error.code == .recordExists && !error.mayHaveBeenApplied)
    #expect(error.errorType == "DynamoDB:ConditionalCheckFailedException")
    // The same values say nothing when no answer was lost.
    #expect(bench.operations == ["createSong"])
  }

  @Test("create: made by the attempt whose answer was lost, also when reads are behind")
  func madeBefore() async throws {
    let (result, bench) = try await create(
      [.failure(.connectionLost), .conditionFailed("createSong"), nothing, found])
    #expect(try result.get()["name"] == "A")
    #expect(bench.operations == ["createSong", "createSong", "getSong", "getSong"])
  }

  @Test("create: by somebody else while the answer was lost")
  func madeByOthers() async throws {
    let (result, _) = try await create(
      [.answer(502, ""), .conditionFailed("createSong"), found], ["name": "B"])
    guard case .failure(let error) = result else { return #expect(Bool(false)) }
    #expect(error.code == .recordExists && error.mayHaveBeenApplied)
  }

  @Test("create: nobody can tell, since the record cannot be read")
  func unreadable() async throws {
    let (result, _) = try await create(
      [.failure(.stalled), .conditionFailed("createSong"), .problem("getSong", "Unauthorized")])
    guard case .failure(let error) = result else { return #expect(Bool(false)) }
    #expect(error.code == .unauthorized && error.mayHaveBeenApplied)
  }

  @Test("create: an error behind a lost answer says that it was lost")
  func refusedLater() async throws {
    let (result, _) = try await create([.failure(.timedOut), .problem("createSong", "Unauthorized")])
    guard case .failure(let error) = result else { return #expect(Bool(false)) }
    #expect(error.code == .unauthorized && error.mayHaveBeenApplied)
    let (never, _) = try await create([.failure(.cannotConnect), .problem("createSong", "Unauthorized")])
    guard case .failure(let error) = never else { return #expect(Bool(false)) }
    #expect(error.code == .unauthorized && !error.mayHaveBeenApplied)
  }

  struct Change: Sendable, CustomTestStringConvertible {
    var name: String
    var outcomes: [Outcome]
    var code: RecordErrorCode
    var mayHaveBeenApplied = false
    var hasCondition = true
    var testDescription: String { name }
  }

  private static let found = Outcome.data(#"{"getSong":\#(AppSyncBench.songJSON)}"#)
  private static let nothing = Outcome.data(#"{"getSong":null}"#)
  private static let changes: [Change] = [
    Change(name: "changed by others", outcomes: [.conditionFailed("FIELD"), found], code: .conditionFailed),
    Change(
      name: "a conflict that the service could not settle", outcomes: [.problem("FIELD", "ConflictUnhandled"), found],
      code: .conditionFailed),
    Change(
      name: "gone", outcomes: [.conditionFailed("FIELD"), nothing, nothing, nothing], code: .recordNotFound),
    Change(
      name: "never there", outcomes: [.conditionFailed("FIELD"), nothing], code: .recordNotFound, hasCondition: false),
    Change(
      name: "seen late by reads", outcomes: [.conditionFailed("FIELD"), nothing, found], code: .conditionFailed),
    Change(name: "a resolver without conditions", outcomes: [.data(#"{"FIELD":null}"#)], code: .recordNotFound),
    Change(
      name: "changed by us or by others", outcomes: [.failure(.connectionLost), .conditionFailed("FIELD"), found],
      code: .conditionFailed, mayHaveBeenApplied: true),
    Change(
      name: "removed by us or by others", outcomes: [.answer(500, ""), .conditionFailed("FIELD"), nothing],
      code: .recordNotFound, mayHaveBeenApplied: true, hasCondition: false),
    Change(
      name: "removed, by a resolver without conditions",
      outcomes: [.failure(.connectionLost), .data(#"{"FIELD":null}"#)], code: .recordNotFound, mayHaveBeenApplied: true),
    Change(
      name: "unreadable",
      outcomes: [.failure(.stalled), .conditionFailed("FIELD"), .problem("getSong", "Unauthorized")],
      code: .unauthorized, mayHaveBeenApplied: true),
  ]

  @Test("update and delete: what a failed condition is about", arguments: changes, ["updateSong", "deleteSong"])
  func change(_ example: Change, _ field: String) async throws {
    let bench = AppSyncBench(
      example.outcomes.map { outcome in
        guard case .answer(let status, let body, let headers) = outcome else { return outcome }
        return .answer(status, body.replacing("FIELD", with: field), headers)
      })
    let store = try bench.store()
    let condition: RecordFilter? = example.hasCondition ? .equal("updatedAt", "T") : nil
    let error = await #expect(throws: RecordError.self) {
      if field == "updateSong" {
        _ = try await store.update(song, id: "42", values: ["name": "B"], if: condition)
      } else {
        _ = try await store.delete(song, id: "42", if: condition)
      }
    }
    #expect(error?.code == example.code)
    #expect(error?.mayHaveBeenApplied == example.mayHaveBeenApplied)
    #expect(bench.requests.count == example.outcomes.count)
  }

  @Test("update without a condition is the same when it is done twice")
  func repeated() async throws {
    let bench = AppSyncBench([.failure(.connectionLost), .data(#"{"updateSong":\#(AppSyncBench.songJSON)}"#)])
    let record = try await bench.store().update(song, id: "42", values: ["name": "A", "coverArtPath": .null], if: nil)
    #expect(record["name"] == "A")
    let input = AppSyncBench.json(bench.requests[1])["variables"]?.object?["input"]
    #expect(input == ["id": "42", "name": "A", "coverArtPath": .null])
  }

  @Test("delete answers with what the record was")
  func deleted() async throws {
    let bench = AppSyncBench([.data(#"{"deleteSong":\#(AppSyncBench.songJSON)}"#)])
    let record = try await bench.store().delete(song, id: "42", if: nil)
    #expect(record["name"] == "A" && bench.operations == ["deleteSong"])
  }

  @Test("a record is the same whatever way the service writes its values")
  func sameness() throws {
    let model = RecordModel(
      "Thing",
      fields: [
        RecordField("id", .scalar("ID")), RecordField("size", .scalar("Float")),
        RecordField("note", .scalar("AWSJSON")), RecordField("tags", .scalar("String"), isList: true),
        RecordField("owner", .scalar("String")),
        RecordField(
          "spot",
          .structure(
            name: "Spot", fields: [RecordField("lat", .scalar("Float")), RecordField("name", .scalar("String"))])),
      ])
    let answer: RecordValue = [
      "id": "1", "size": 2, "note": #"{"a":1,"b":[true]}"#, "tags": ["x", .null], "owner": "set by the service",
      "spot": ["lat": 1.5, "name": .null],
    ]
    let record = try model.record(answer, of: .get(model, id: "1"))
    #expect(record["spot"] == ["lat": 1.5])
    let given: [String: RecordValue] = [
      "size": 2.0, "note": #"{ "b": [true], "a": 1 }"#, "tags": ["x", .null], "spot": ["lat": 1.5],
    ]
    #expect(record.isMade(of: given, by: model))
    for (name, value) in [
      "size": 3, "note": "[]", "tags": ["x"], "spot": ["lat": 1.5, "name": "y"], "owner": "me",
    ] as [String: RecordValue] {
      #expect(!record.isMade(of: given.merging([name: value]) { $1 }, by: model), "\(name)")
    }
  }
}
