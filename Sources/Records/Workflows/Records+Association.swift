// SPDX-License-Identifier: Apache-2.0
//
// The middle of every workflow that changes an attachment field: upload, change the record on condition, delete what it no longer
// names. See Records.swift for the order, and for why.

import Storage

/// What to do to an attachment field.
struct AssociationChange: Sendable {
  /// Uploaded first.
  var uploads: [RecordFile] = []
  /// What becomes of files that the field names no more.
  var fate: FileFate
  /// From the value that is there and the new paths to the value that shall be there; nil when there is nothing to change.
  var plan: @Sendable (AttachmentValue, _ paths: [String]) throws(RecordError) -> AttachmentValue?
}

extension Records {
  /// How often a change is tried again that others were faster than.
  static let attempts = 200

  func change(
    _ model: RecordModel, _ id: String, _ field: AttachmentField, _ change: AssociationChange
  ) async throws(RecordError) -> AttachmentResult {
    for file in change.uploads { try file.check() }
    let record = try await existing(model, id, looksAgain: true)
    // What cannot be is told before anything is uploaded.
    let placeholders = change.uploads.map {
      field.template.path(model: model.name, field: field.name, id: id, name: $0.name)
    }
    let isChange = try change.plan(AttachmentValue(field, of: record), placeholders) != nil
    guard isChange || !change.uploads.isEmpty else {
      return AttachmentResult(record: record, paths: [], leftBehind: [])
    }
    let entry = try await journal.begin(model, id)
    await step(.noted)
    let paths: [String]
    do throws(RecordError) {
      paths = try await upload(change.uploads, model, id, field, entry)
    } catch {
      await withdraw(entry)
      throw error
    }
    let association: Association
    do throws(RecordError) {
      association = try await associate(model, id, field, change, paths, record, entry)
    } catch {
      // What nobody knows is left for repair.
      if error.mayHaveBeenApplied { await leave(entry, error) } else { await withdraw(entry) }
      throw error
    }
    await step(.associated)
    let left = await remove(association.dropped, entry, model, association.record)
    return AttachmentResult(record: association.record, paths: paths, leftBehind: left)
  }

  private struct Association {
    var record: Record
    var dropped: [String]
  }

  private func associate(
    _ model: RecordModel, _ id: String, _ field: AttachmentField, _ change: AssociationChange, _ paths: [String],
    _ first: Record, _ entry: WorkflowEntry
  ) async throws(RecordError) -> Association {
    var isUncertain = false
    do throws(RecordError) {
      return try await associate(model, id, field, change, paths, first, entry, &isUncertain)
    } catch {
      throw isUncertain ? error.uncertain : error
    }
  }

  /// - Parameter isUncertain: set when an attempt may have succeeded.
  private func associate(
    _ model: RecordModel, _ id: String, _ field: AttachmentField, _ change: AssociationChange, _ paths: [String],
    _ first: Record, _ entry: WorkflowEntry, _ isUncertain: inout Bool
  ) async throws(RecordError) -> Association {
    var record = first
    var wanted: AttachmentValue?
    var dropped = PathSet()
    for attempt in 0..<Records.attempts {
      let value = AttachmentValue(field, of: record)
      // An earlier attempt may have succeeded without an answer.
      if isUncertain, value == wanted || !paths.isEmpty && PathSet(value.paths).isSuperset(of: paths) {
        return Association(record: record, dropped: dropped.sorted)
      }
      guard let planned = try change.plan(value, paths) else {
        return Association(record: record, dropped: dropped.sorted)
      }
      let gone = PathSet(value.paths).subtracting(PathSet(planned.paths))
      if change.fate == .delete {
        // Of attempts that surely did nothing, nothing stays.
        if isUncertain { dropped.formUnion(gone) } else { dropped = gone }
      }
      // Also when there is nothing to delete: the time counts.
      try await journal.note(removed: dropped.sorted, in: entry)
      await step(.planned)
      wanted = planned
      do throws(RecordError) {
        let changed = try await store.update(
          model, id: id, values: [field.name: planned.value], if: Records.condition(value, record, dropping: gone))
        return Association(record: changed, dropped: dropped.sorted)
      } catch {
        isUncertain = isUncertain || error.mayHaveBeenApplied
        guard error.code == .conditionFailed else { throw error }
      }
      try await Records.pause(attempt)
      record = try await existing(model, id, looksAgain: true)
    }
    throw RecordError(
      .tooManyConflicts, "\(model.name) \(id) was changed by others \(Records.attempts) times meanwhile")
  }

  /// Nobody has changed the record since, as far as the field is concerned.
  private static func condition(_ value: AttachmentValue, _ record: Record, dropping dropped: PathSet)
    -> RecordFilter
  {
    var filters = value.condition(dropping: dropped.sorted)
    if let updatedAt = record.updatedAt { filters.insert(.equal("updatedAt", .string(updatedAt)), at: 0) }
    return filters.count == 1 ? filters[0] : .and(filters)
  }

  /// Waits a while that is longer the more often others were faster, at most half a second.
  static func pause(_ attempt: Int) async throws(RecordError) {
    try await wait(seconds: Double.random(in: 0.001...min(0.5, 0.005 * Double(1 << min(attempt, 7)))))
  }

  static func wait(seconds: Double) async throws(RecordError) {
    do {
      try await Task.sleep(for: .seconds(seconds))
    } catch {
      throw RecordError(.canceled, "the operation was cancelled")
    }
  }

  // MARK: Files

  /// Uploads files, some at a time; each path is noted before.
  func upload(
    _ uploads: [RecordFile], _ model: RecordModel, _ id: String, _ field: AttachmentField, _ entry: WorkflowEntry
  ) async throws(RecordError) -> [String] {
    let (files, journal) = (files, journal)
    let results = await withTaskGroup(of: (Int, Result<String, RecordError>).self) { group in
      var results: [Int: Result<String, RecordError>] = [:]
      var hasFailed = false
      for (index, file) in uploads.enumerated() {
        if index >= concurrentUploads, let (done, result) = await group.next() {
          results[done] = result
          if case .failure = result { hasFailed = true }
        }
        if hasFailed { break }
        group.addTask {
          do throws(RecordError) {
            let path = try await files.upload(file, workflow: entry.id) { (name) async throws(RecordError) in
              let path = field.template.path(model: model.name, field: field.name, id: id, name: name)
              try await journal.note(added: path, in: entry)
              return path
            }
            await self.step(.uploaded)
            return (index, .success(path))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      for await (index, result) in group { results[index] = result }
      return results
    }
    var paths: [String] = []
    for index in results.keys.sorted() { if let result = results[index] { paths.append(try result.get()) } }
    return paths
  }

  /// Deletes files that the record has just given up, and ends the workflow; also in a task that was cancelled.
  ///
  /// - Parameter record: as it was changed, or was deleted.
  /// - Returns: those that are still there.
  func remove(_ paths: [String], _ entry: WorkflowEntry, _ model: RecordModel, _ record: Record) async -> [String] {
    await Task {
      var left: [String] = []
      do throws(RecordError) {
        // What was attached is the record's from now on, whatever becomes of it before this workflow is settled.
        if !paths.isEmpty { try await journal.forgetAdded(in: entry) }
      } catch {
        log.left(entry, error)
      }
      for path in paths where model.covers(path) {
        do throws(RecordError) {
          if try await isNamedAgain(path, since: record, model) { continue }
          if try await isNamed(path, byOthersThan: record.id, of: model) { continue }
          try await files.remove(path)
          await step(.removed)
        } catch {
          left.append(path)
          await leave(entry, error)
        }
      }
      if left.isEmpty { await finish(entry) }
      return left
    }.value
  }

  /// Whether somebody has attached a path again, by its name, since the record gave it up. A read that is older does not count.
  private func isNamedAgain(_ path: String, since record: Record, _ model: RecordModel) async throws(RecordError)
    -> Bool
  {
    guard let now = try await store.get(model, id: record.id), PathSet(model.paths(of: now)).contains(path) else {
      return false
    }
    guard let before = record.updatedAt, let after = now.updatedAt else { return true }
    return after > before
  }

  /// Whether another record names a path. Where that would mean to read all records, a path with the record's id is believed to be
  /// nobody else's.
  func isNamed(_ path: String, byOthersThan id: String, of model: RecordModel) async throws(RecordError) -> Bool {
    let isOwn = model.attachments.contains { $0.template.makes(path, model: model.name, field: $0.name, id: id) }
    if isOwn && !store.findsPathsQuickly { return false }
    return try await owner(of: path, otherThan: (model.name, id)) != nil
  }

  /// A record that names a path, and is not this one.
  func owner(of path: String, otherThan mine: (model: String, id: String)) async throws(RecordError) -> Record? {
    for name in schema.modelNames {
      let model = try schema.model(name)
      guard !model.attachments.isEmpty else { continue }
      for record in try await store.records(with: path, in: model) where (record.model, record.id) != mine {
        return record
      }
    }
    return nil
  }

  /// Takes back what a workflow has uploaded; also in a task that was cancelled.
  func withdraw(_ entry: WorkflowEntry) async {
    await Task {
      do throws(RecordError) {
        try await settle(try await journal.current(entry))
      } catch {
        await leave(entry, error)
      }
    }.value
  }

  func finish(_ entry: WorkflowEntry) async {
    do throws(RecordError) { try await journal.end(entry) } catch { log.left(entry, error) }
  }

  func leave(_ entry: WorkflowEntry, _ error: RecordError) async {
    log.left(entry, error)
    do throws(RecordError) { try await journal.abandon(entry) } catch { log.left(entry, error) }
  }
}

extension RecordError {
  var uncertain: RecordError {
    var error = self
    error.mayHaveBeenApplied = true
    return error
  }
}
