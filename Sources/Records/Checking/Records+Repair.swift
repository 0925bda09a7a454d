// SPDX-License-Identifier: Apache-2.0
//
// Settles workflows that did not come to their end: of processes that died, and of calls that lost their connection.
//
// A workflow that had uploaded and not yet associated is taken back; one that had dissociated is finished. What its record names
// stays, whatever the journal says. Of a path that it was about to upload, only the object that it made itself is deleted, which
// says so in its metadata.

import FoundationEssentials
import Storage

extension Records {
  /// Settles what was half done. May be called at any time, also while others work.
  ///
  /// - Throws: "JournalFailed". What goes wrong with one workflow is in the report.
  @discardableResult
  public func repair() async throws(RecordError) -> RepairReport {
    var report = RepairReport()
    // A service may still do what it was asked for before its caller died, and a read may be older than that.
    let delay = store.readsMayBeStale ? settlingDelay : 0
    let (entries, young) = try await journal.takeAbandoned(olderThan: delay)
    report.young = young
    for entry in entries {
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

  /// - Returns: the files that were deleted.
  @discardableResult
  func settle(_ entry: WorkflowEntry) async throws(RecordError) -> [String] {
    // Of a model that the schema has no more, nothing can be told.
    let model = try schema.model(entry.model)
    let named = try await texts(of: entry.recordID, model)
    var deleted: [String] = []
    for path in entry.added where !named.contains(path) {
      guard let properties = try await files.properties(path),
        AttachmentFiles.isMade(properties, by: entry.id),
        try await !isNamed(path, byOthersThan: entry.recordID, of: model)
      else { continue }
      try await files.remove(path, eTag: properties.eTag)
      deleted.append(path)
    }
    let added = PathSet(entry.added)
    for path in entry.removed where !named.contains(path) && !added.contains(path) && model.covers(path) {
      // One that is younger than the note is another file, which somebody has put there since.
      guard let properties = try await files.properties(path),
        properties.lastModified.map({ $0.timeIntervalSince1970 <= entry.notedAt + 1 }) ?? false,
        try await owner(of: path, otherThan: (model.name, entry.recordID)) == nil
      else { continue }
      try await files.remove(path, eTag: properties.eTag)
      deleted.append(path)
    }
    try await journal.end(entry)
    return deleted
  }

  /// All texts of a record: rules that say which of its fields hold paths may be others than when it was written.
  private func texts(of id: String, _ model: RecordModel) async throws(RecordError) -> PathSet {
    PathSet(try await store.get(model, id: id)?.values.values.flatMap(\.texts) ?? [])
  }
}
