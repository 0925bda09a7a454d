// SPDX-License-Identifier: Apache-2.0

/// Keeps records: what SQLite and AppSync have in common, with the semantics of the resolvers that Amplify generates.
///
/// Values were checked against the model. Any task may call, many at once.
public protocol RecordStore: Sendable {
  /// Tells one store from another, for the journal: the path of the file, the address of the service.
  var identity: String { get }

  /// Whether ``records(with:in:)`` costs less than reading all records.
  var findsPathsQuickly: Bool { get }

  /// Whether a read may be the record as it was a moment ago, without a change that has been acknowledged.
  var readsMayBeStale: Bool { get }

  /// Makes a record; sets `createdAt` and `updatedAt`.
  ///
  /// - Parameter values: without nulls, and without the id.
  /// - Throws: "RecordExists"; a call that is repeated because its answer was lost succeeds.
  func create(_ model: RecordModel, id: String, values: [String: RecordValue]) async throws(RecordError) -> Record

  /// - Returns: nil when there is none.
  func get(_ model: RecordModel, id: String) async throws(RecordError) -> Record?

  /// Changes the given fields, and `updatedAt`; null removes a field.
  ///
  /// - Parameter condition: must hold at the moment of the change.
  /// - Throws: "RecordNotFound", "ConditionFailed".
  func update(
    _ model: RecordModel, id: String, values: [String: RecordValue], if condition: RecordFilter?
  ) async throws(RecordError) -> Record

  /// - Returns: what it was.
  /// - Throws: "RecordNotFound", "ConditionFailed".
  func delete(_ model: RecordModel, id: String, if condition: RecordFilter?) async throws(RecordError) -> Record

  /// One page.
  ///
  /// - Parameters:
  ///   - limit: records to read, at least 1; the filter leaves fewer.
  ///   - nextToken: of the page before.
  /// - Throws: "InvalidToken".
  func list(
    _ model: RecordModel, filter: RecordFilter?, limit: Int, nextToken: String?
  ) async throws(RecordError) -> RecordPage

  /// The records of a model that have a path in one of its attachment fields.
  func records(with path: String, in model: RecordModel) async throws(RecordError) -> [Record]

  /// Ends connections; no call may come later.
  func close() async
}
