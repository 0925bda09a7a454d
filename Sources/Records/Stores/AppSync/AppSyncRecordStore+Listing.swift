// SPDX-License-Identifier: Apache-2.0

extension AppSyncRecordStore {
  /// Records a page at most: what AppSync itself allows; DynamoDB also ends a page at 1 MB.
  static let largestPage = 1_000

  public func list(
    _ model: RecordModel, filter: RecordFilter?, limit: Int, nextToken: String?
  ) async throws(RecordError) -> RecordPage {
    let limit = max(1, min(limit, AppSyncRecordStore.largestPage))
    let operation = AppSyncOperation.list(model, filter: filter, limit: limit, nextToken: nextToken)
    // Null, for a resolver that says nothing, is an empty page.
    guard let value = try await client.send(operation).value else { return RecordPage(records: [], nextToken: nil) }
    guard let items = value.object?["items"]?.list else {
      throw RecordError(.invalidResponse, "\(operation.name): the service answered with something that is no list")
    }
    var records: [Record] = []
    records.reserveCapacity(items.count)
    for item in items { records.append(try model.record(item, of: operation)) }
    let token = value.object?["nextToken"]?.string
    if let token, token == nextToken {
      throw RecordError(
        .invalidResponse, "the list of \(model.pluralName) does not end: two pages have the same token")
    }
    return RecordPage(records: records, nextToken: token)
  }

  public func records(with path: String, in model: RecordModel) async throws(RecordError) -> [Record] {
    let tests = model.attachments.map { field -> RecordFilter in
      field.isList ? .field(field.name, .contains(.string(path))) : .equal(field.name, .string(path))
    }
    guard !tests.isEmpty else { return [] }
    let filter = tests.count == 1 ? tests[0] : RecordFilter.or(tests)
    var found: [Record] = []
    var token: String?
    repeat {
      let page = try await list(model, filter: filter, limit: AppSyncRecordStore.largestPage, nextToken: token)
      // A service may take a part of a text for an element of a list.
      found += page.records.filter { filter.matches($0.values) }
      token = page.nextToken
    } while token != nil
    return found
  }
}
