// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Records

@Suite("Documents for AppSync")
struct AppSyncOperationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var operation: AppSyncOperation
    var document: String
    var variables: String
    var testDescription: String { operation.name }
  }

  private static let song = AppSyncBench.song
  private static let fields = "id name coverArtPath createdAt updatedAt"
  private static let place = RecordModel(
    "place", pluralName: "places", keyName: "placeName",
    fields: [
      RecordField("placeName", .scalar("String"), isRequired: true),
      RecordField("kind", .enumeration(name: "Kind", values: ["A", "B"])),
      RecordField(
        "spot",
        .structure(
          name: "Spot",
          fields: [
            RecordField("lat", .scalar("Float")),
            RecordField(
              "names", .structure(name: "Names", fields: [RecordField("en", .scalar("String"))]), isList: true),
            RecordField("none", .structure(name: "None", fields: [])),
          ])),
    ])

  private static let cases: [Case] = [
    Case(
      operation: .create(song, id: "42", values: ["name": "A", "coverArtPath": .null]),
      document: "mutation($input: CreateSongInput!) { createSong(input: $input) { \(fields) } }",
      variables: #"{"input":{"id":"42","name":"A"}}"#),
    Case(
      operation: .update(song, id: "42", values: ["coverArtPath": .null], if: nil),
      document: "mutation($input: UpdateSongInput!) { updateSong(input: $input) { \(fields) } }",
      variables: #"{"input":{"coverArtPath":null,"id":"42"}}"#),
    Case(
      operation: .update(song, id: "42", values: ["coverArtPath": "images/42-a.png"], if: .equal("updatedAt", "T")),
      document:
        "mutation($input: UpdateSongInput!,$condition: ModelSongConditionInput) "
        + "{ updateSong(input: $input,condition: $condition) { \(fields) } }",
      variables: #"{"condition":{"updatedAt":{"eq":"T"}},"input":{"coverArtPath":"images/42-a.png","id":"42"}}"#),
    Case(
      operation: .delete(song, id: "42", if: nil),
      document: "mutation($input: DeleteSongInput!) { deleteSong(input: $input) { \(fields) } }",
      variables: #"{"input":{"id":"42"}}"#),
    Case(
      operation: .delete(song, id: "42", if: .and([.exists("coverArtPath", false), .not(.equal("name", "A"))])),
      document:
        "mutation($input: DeleteSongInput!,$condition: ModelSongConditionInput) "
        + "{ deleteSong(input: $input,condition: $condition) { \(fields) } }",
      variables:
        #"{"condition":{"and":[{"coverArtPath":{"attributeExists":false}},{"not":{"name":{"eq":"A"}}}]},"input":{"id":"42"}}"#
    ),
    Case(
      operation: .get(song, id: "42"), document: "query($id: ID!) { getSong(id: $id) { \(fields) } }",
      variables: #"{"id":"42"}"#),
    Case(
      operation: .list(song, filter: .field("name", .beginsWith("A")), limit: 100, nextToken: "t"),
      document:
        "query($filter: ModelSongFilterInput,$limit: Int,$nextToken: String) { listSongs(filter: $filter,limit: "
        + "$limit,nextToken: $nextToken) { items { \(fields) } nextToken __typename } }",
      variables: #"{"filter":{"name":{"beginsWith":"A"}},"limit":100,"nextToken":"t"}"#),
    Case(
      operation: .list(song, filter: nil, limit: 100, nextToken: nil),
      document: "query($limit: Int) { listSongs(limit: $limit) { items { \(fields) } nextToken __typename } }",
      variables: #"{"limit":100}"#),
    Case(
      operation: .get(place, id: "here"),
      document:
        "query($placeName: String!) { getPlace(placeName: $placeName) { placeName kind spot { lat names { en } } } }",
      variables: #"{"placeName":"here"}"#),
    Case(
      operation: .list(place, filter: .or([.and([]), .equal("kind", "A")]), limit: 5, nextToken: nil),
      document:
        "query($limit: Int) { listPlaces(limit: $limit) { items { placeName kind spot { lat names { en } } } "
        + "nextToken __typename } }",
      variables: #"{"limit":5}"#),
    Case(
      operation: .update(song, id: "42", values: ["name": "B"], if: .and([.and([]), .equal("name", "A")])),
      document:
        "mutation($input: UpdateSongInput!,$condition: ModelSongConditionInput) "
        + "{ updateSong(input: $input,condition: $condition) { \(fields) } }",
      variables: #"{"condition":{"name":{"eq":"A"}},"input":{"id":"42","name":"B"}}"#),
  ]

  @Test("are those of Amplify's Data client, with a condition where there is one", arguments: cases)
  func documents(_ example: Case) throws {
    #expect(example.operation.document == example.document)
    #expect(RecordValue.object(example.operation.variables).json() == example.variables)
    let body = try RecordValue(json: example.operation.body).object ?? [:]
    #expect(Set(body.keys) == ["query", "variables"])
    #expect(body["query"]?.string == example.document)
  }
}
