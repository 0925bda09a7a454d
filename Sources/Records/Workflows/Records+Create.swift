// SPDX-License-Identifier: Apache-2.0
//
// "Create a record with an associated file", "Create a record with multiple associated files": the record, then the files, then the
// association.

import Storage

extension Records {
  /// Makes a record, and attaches files to it. A call that fails leaves nothing, one that crashes at worst a record without files.
  ///
  /// - Parameters:
  ///   - id: nil makes one.
  ///   - values: without attachment fields.
  ///   - files: by attachment field; one for a single path, any number for a list.
  /// - Returns: as it is in the end.
  /// - Throws: "UnknownModel", "UnknownField", "MissingField", "InvalidValue", "RecordExists", "TooManyFiles", and what the store or the
  ///   bucket say.
  public func create(
    _ model: String, id: String? = nil, values: [String: RecordValue] = [:], files: [String: [RecordFile]] = [:]
  ) async throws(RecordError) -> Record {
    let model = try schema.model(model)
    let id = id ?? UUIDText.make()
    try model.check(id: id)
    let values = values.filter { !$0.value.isNull }
    try model.check(
      values.filter { model.field($0.key) == nil || files[$0.key] == nil }, for: .creating, given: Set(files.keys))
    try await checkPaths(in: values, model, id)
    var attachments: [(AttachmentField, [RecordFile])] = []
    for (field, uploads) in files.sorted(by: { $0.key < $1.key }) {
      let attachment = try model.attachment(field)
      try Records.check(uploads, for: attachment, model)
      if !uploads.isEmpty { attachments.append((attachment, uploads)) }
    }
    guard !attachments.isEmpty else {
      let record = try await store.create(model, id: id, values: values)
      do throws(RecordError) {
        try await requireFiles(of: record, model)
      } catch {
        await delete(new: record, model)
        throw error
      }
      return record
    }

    let entry = try await journal.begin(model, id)
    await step(.noted)
    var record: Record
    do throws(RecordError) {
      record = try await store.create(model, id: id, values: values)
    } catch {
      await finish(entry)
      throw error
    }
    await step(.created)
    do throws(RecordError) {
      var changes: [String: RecordValue] = [:]
      for (attachment, uploads) in attachments {
        var value = AttachmentValue(attachment, of: record)
        value.add(try await upload(uploads, model, id, attachment, entry))
        changes[attachment.name] = value.value
      }
      try await requireFiles(of: record, model)
      await step(.planned)
      record = try await associate(new: record, changes, model, entry)
    } catch {
      await takeBack(record, model, entry, error)
      throw error
    }
    await step(.associated)
    await finish(entry)
    return record
  }

  /// Every error says whether the association may have been made.
  private func associate(
    new record: Record, _ changes: [String: RecordValue], _ model: RecordModel, _ entry: WorkflowEntry
  ) async throws(RecordError) -> Record {
    var isUncertain = false
    do throws(RecordError) {
      return try await associate(new: record, changes, model, entry, &isUncertain)
    } catch {
      throw isUncertain ? error.uncertain : error
    }
  }

  private func associate(
    new first: Record, _ changes: [String: RecordValue], _ model: RecordModel, _ entry: WorkflowEntry,
    _ isUncertain: inout Bool
  ) async throws(RecordError) -> Record {
    var record = first
    for attempt in 0..<Records.attempts {
      var filters = changes.keys.sorted().map { RecordFilter.exists($0, false) }
      if let updatedAt = record.updatedAt { filters.append(.equal("updatedAt", .string(updatedAt))) }
      // Nothing is to be deleted, but the time counts.
      try await journal.note(removed: [], in: entry)
      do throws(RecordError) {
        return try await store.update(model, id: record.id, values: changes, if: .and(filters))
      } catch {
        isUncertain = isUncertain || error.mayHaveBeenApplied
        guard error.code == .conditionFailed else { throw error }
      }
      // Ours, whose answer was lost; or somebody has found the record already, whose changes to other fields stay.
      try await Records.pause(attempt)
      record = try await existing(model, record.id, looksAgain: true)
      if changes.allSatisfy({ record[$0.key] == $0.value }) { return record }
      for field in changes.keys.sorted() where !record[field].isNull {
        throw RecordError(.conditionFailed, "somebody else has put files into \(model.name).\(field) meanwhile")
      }
    }
    throw RecordError(.tooManyConflicts, "\(model.name) \(record.id) was changed by others all the time")
  }

  private func takeBack(_ record: Record, _ model: RecordModel, _ entry: WorkflowEntry, _ error: RecordError) async {
    guard !error.mayHaveBeenApplied else { return await leave(entry, error) }
    await delete(new: record, model)
    await withdraw(entry)
  }

  /// Takes a record back, unless somebody has changed it meanwhile; also in a task that was cancelled.
  private func delete(new record: Record, _ model: RecordModel) async {
    await Task {
      do throws(RecordError) {
        _ = try await store.delete(
          model, id: record.id, if: record.updatedAt.map { .equal("updatedAt", .string($0)) })
      } catch {
        log.stayed(record, error)
      }
    }.value
  }

  /// A file that went while the record was made must not be named.
  private func requireFiles(of record: Record, _ model: RecordModel) async throws(RecordError) {
    for path in model.paths(of: record) where try await files.properties(path) == nil { throw Records.missing(path) }
  }

  static func check(_ uploads: [RecordFile], for field: AttachmentField, _ model: RecordModel) throws(RecordError) {
    guard field.isList || uploads.count <= 1 else {
      throw RecordError(.tooManyFiles, "\(model.name).\(field.name) holds one path, not \(uploads.count)")
    }
    for file in uploads { try file.check() }
  }
}
