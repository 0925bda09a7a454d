// SPDX-License-Identifier: Apache-2.0
//
// Settles workflows that did not come to their end: of processes that died, and of calls that lost their connection.
//
// A workflow that had uploaded and not yet associated is taken back; one that had dissociated is finished. What its record names
// stays, whatever the journal says. Of a path that it was about to upload, only the object that it made itself is deleted, which
// says so in its metadata.

import Storage

extension Records {
  /// Settles what was half done. May be called at any time, also while others work.
  ///
  /// - Throws: "JournalFailed". What goes wrong with one workflow is in the report.
  @discardableResult
  public func repair() async throws(RecordError) -> RepairReport {
    var report = RepairReport()
    for entry in try await journal.takeAbandoned() {
      do throws(RecordError) {
        report.deleted += try await settle(entry)
        report.settled += 1
      } catch {
        report.failed.append(.init(model: entry.model, id: entry.recordID, message: error.description))
        await leave(entry, error)
      }
    }
    return report
  }

  /// - Parameter mayBeAssociated: whether it may have come to change the record.
  /// - Returns: the files that were deleted.
  @discardableResult
  func settle(_ entry: WorkflowEntry, mayBeAssociated: Bool = true) async throws(RecordError) -> [String] {
    // Of a model that the schema has no more, nothing can be told.
    let model = try schema.model(entry.model)
    var named = try await paths(of: entry.recordID, model)
    if mayBeAssociated, store.readsMayBeStale, !named.isSuperset(of: entry.added) {
      // The association may be so young that a read does not show it yet.
      try await Records.wait(seconds: Records.staleness)
      named.formUnion(try await paths(of: entry.recordID, model))
    }
    var deleted: [String] = []
    for path in entry.added where !named.contains(path) {
      guard let properties = try await files.properties(path),
        properties.metadata[AttachmentFiles.workflowKey] == entry.id,
        try await !isNamed(path, byOthersThan: entry.recordID, of: model)
      else { continue }
      try await files.remove(path, eTag: properties.eTag)
      deleted.append(path)
    }
    for path in entry.removed where !named.contains(path) && !entry.added.contains(path) {
      guard let properties = try await files.properties(path),
        try await !isNamed(path, byOthersThan: entry.recordID, of: model)
      else { continue }
      try await files.remove(path, eTag: properties.eTag)
      deleted.append(path)
    }
    try await journal.end(entry)
    return deleted
  }

  private func paths(of id: String, _ model: RecordModel) async throws(RecordError) -> Set<String> {
    try await store.get(model, id: id).map { Set(model.paths(of: $0)) } ?? []
  }

  /// Seconds after which every read shows what was acknowledged before; "usually one second or less" (DynamoDB Developer Guide, "Read
  /// consistency").
  private static let staleness = 2.0
}
