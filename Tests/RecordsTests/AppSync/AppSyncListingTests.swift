// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Records

@Suite("Lists from AppSync")
struct AppSyncListingTests {
  private static let album = RecordModel(
    "PhotoAlbum",
    fields: [
      RecordField("id", .scalar("ID"), isRequired: true), RecordField("coverPath", .scalar("String")),
      RecordField("imagePaths", .scalar("String"), isList: true),
    ],
    attachments: [AttachmentField("coverPath", isList: false), AttachmentField("imagePaths", isList: true)])

  private func page(_ items: String, _ token: String?) -> AppSyncBench.Outcome {
    .data(#"{"listPhotoAlbums":{"items":[\#(items)],"nextToken":\#(token.map { "\"\($0)\"" } ?? "null")}}"#)
  }

  private func variables(_ bench: AppSyncBench, _ index: Int) -> RecordValue? {
    AppSyncBench.json(bench.requests[index])["variables"]
  }

  @Test("a page: the limit within what AppSync takes, a short page with a token")
  func pages() async throws {
    let bench = AppSyncBench([page("", "t1"), page(#"{"id":"1","coverPath":null,"imagePaths":["a",null]}"#, nil)])
    let store = try bench.store()
    let first = try await store.list(Self.album, filter: nil, limit: 5_000, nextToken: nil)
    #expect(first == RecordPage(records: [], nextToken: "t1"))
    let second = try await store.list(Self.album, filter: .exists("coverPath"), limit: 7, nextToken: "t1")
    #expect(
      second.records == [Record(model: "PhotoAlbum", id: "1", values: ["id": "1", "imagePaths": ["a", .null]])]
        && second.nextToken == nil)
    #expect(variables(bench, 0) == ["limit": 1_000])
    #expect(
      variables(bench, 1) == ["filter": ["coverPath": ["attributeExists": true]], "limit": 7, "nextToken": "t1"])
  }

  @Test("a token that the service does not take", arguments: [true, false])
  func invalidToken(_ hasToken: Bool) async throws {
    let bench = AppSyncBench([
      .problem(
        "listPhotoAlbums", "DynamoDB:UserIllegalArgumentException",
        "com.amazonaws.deepdish.common.pagination.InvalidPaginationTokenException: Invalid pagination token given.")
    ])
    let store = try bench.store()
    let error = await #expect(throws: RecordError.self) {
      try await store.list(Self.album, filter: nil, limit: 7, nextToken: hasToken ? "t1" : nil)
    }
    #expect(error?.code == (hasToken ? .invalidToken : .rejected))
  }

  @Test("an error beside records: the page cannot be trusted")
  func partial() async throws {
    let bench = AppSyncBench([
      .answer(
        200,
        """
        {"data":{"listPhotoAlbums":{"items":[{"id":"1","coverPath":null,"imagePaths":null}],"nextToken":null}},
         "errors":[{"path":["listPhotoAlbums","items",0,"coverPath"],"errorType":"Unauthorized","message":"no"}]}
        """)
    ])
    let store = try bench.store()
    let error = await #expect(throws: RecordError.self) {
      try await store.list(Self.album, filter: nil, limit: 7, nextToken: nil)
    }
    #expect(error?.code == .unauthorized)
  }

  @Test("the records with a path, of all pages and in all fields of files")
  func paths() async throws {
    let bench = AppSyncBench([
      page(#"{"id":"1","coverPath":"a","imagePaths":null},{"id":"2","coverPath":null,"imagePaths":["ab"]}"#, "t1"),
      page("", "t2"), page(#"{"id":"3","coverPath":"b","imagePaths":["b",null,"a"]}"#, nil),
    ])
    let store = try bench.store()
    let records = try await store.records(with: "a", in: Self.album)
    #expect(records.map(\.id) == ["1", "3"])
    let filter: RecordValue = ["or": [["coverPath": ["eq": "a"]], ["imagePaths": ["contains": "a"]]]]
    #expect(variables(bench, 0) == ["filter": filter, "limit": 1_000])
    #expect(variables(bench, 2) == ["filter": filter, "limit": 1_000, "nextToken": "t2"])
    #expect(!store.findsPathsQuickly && store.identity == AppSyncBench.url)
  }

  @Test("one field of files needs no or; none needs no request; a list without end ends")
  func edges() async throws {
    let bench = AppSyncBench([.data(#"{"listSongs":{"items":[],"nextToken":null}}"#), page("", "t"), page("", "t")])
    let store = try bench.store()
    #expect(try await store.records(with: "a", in: AppSyncBench.song).isEmpty)
    #expect(variables(bench, 0)?.object?["filter"] == ["coverArtPath": ["eq": "a"]])
    var plain = Self.album
    plain.attachments = []
    #expect(try await store.records(with: "a", in: plain).isEmpty)
    let error = await #expect(throws: RecordError.self) { try await store.records(with: "a", in: Self.album) }
    #expect(error?.code == .invalidResponse && bench.requests.count == 3)
  }
}
