// SPDX-License-Identifier: Apache-2.0
//
// Records that own files: a record in a store and its files in a bucket, kept together.
//
// For: apps, `pail records`, and the directory /.records of a mount. The workflows stand in extensions, one a file. Their order is
// always record, file, association on the way in, and dissociation or deletion of the record, then the file, on the way out: a
// crash between two steps leaves at worst a file that nobody names, never a record that names nothing. What is about to
// happen is noted in a journal first, so that repair() finds just those files.
// State: the journal, and what the storage and the store have. Any task may call, many at once, also in other processes: changes of a
// list of paths are conditional, and are tried again.
// What can go wrong: RecordError. A workflow that fails takes back what it did, unless nobody knows what that was; then its entry
// stays in the journal.

import Storage

/// Records and their files.
///
/// ```swift
/// let records = try Records(RecordsConfiguration(schema: schema, store: store, storage: storage, stateDirectory: "state"))
/// let song = try await records.create("Song", values: ["name": "Blue"], files: ["coverArtPath": [.file(path: "cover.jpg")]])
/// ```
public final class Records: Sendable {
  public let schema: RecordSchema
  let store: any RecordStore
  let files: AttachmentFiles
  let journal: WorkflowJournal
  let log: RecordsLog
  let concurrentUploads: Int
  let settlingDelay: Double
  let onStep: (@Sendable (WorkflowStep) async -> Void)?

  /// - Throws: "JournalFailed".
  public init(_ configuration: RecordsConfiguration) throws(RecordError) {
    schema = configuration.schema
    store = configuration.store
    files = AttachmentFiles(storage: configuration.storage, bucket: configuration.bucket)
    journal = try WorkflowJournal(
      directory: configuration.stateDirectory, scope: "\(configuration.store.identity) \(files.scope)")
    log = RecordsLog(logger: configuration.logger)
    concurrentUploads = max(1, configuration.concurrentUploads)
    settlingDelay = configuration.settlingDelay
    onStep = configuration.onStep
  }

  /// Ends connections of the store, and lets others settle what has not ended; the storage is its owner's.
  public func close() async {
    await store.close()
    await journal.close()
  }

  /// As the end of the process would: whatever is under way is half done from now on. For tests.
  package func die() { journal.die() }

  func step(_ step: WorkflowStep) async { await onStep?(step) }

  // MARK: Reading

  /// - Throws: "UnknownModel", "RecordNotFound".
  public func get(_ model: String, id: String) async throws(RecordError) -> Record {
    let model = try schema.model(model)
    return try await existing(model, id)
  }

  /// One page of the records of a model; a page may be short, or empty, although there is a next one.
  ///
  /// - Throws: "UnknownModel", "UnknownField", "InvalidToken".
  public func list(
    _ model: String, filter: RecordFilter? = nil, limit: Int = 100, nextToken: String? = nil
  ) async throws(RecordError) -> RecordPage {
    let model = try schema.model(model)
    for field in filter?.fields.sorted() ?? [] where model.field(field) == nil { throw model.unknown(field) }
    return try await store.list(model, filter: filter, limit: min(max(1, limit), 1_000), nextToken: nextToken)
  }

  /// - Parameter looksAgain: of a store whose reads may be stale, a record that was made a moment ago is waited for.
  func existing(_ model: RecordModel, _ id: String, looksAgain: Bool = false) async throws(RecordError) -> Record {
    for pause in looksAgain && store.readsMayBeStale ? [0, 0.2, 0.5] : [0] {
      if pause > 0 { try await Records.wait(seconds: pause) }
      if let record = try await store.get(model, id: id) { return record }
    }
    throw Records.notFound(model, id)
  }

  static func notFound(_ model: RecordModel, _ id: String) -> RecordError {
    RecordError(.recordNotFound, "there is no \(model.name) \(id)")
  }
}
