// SPDX-License-Identifier: Apache-2.0
//
// "Delete both file and record", "Delete record and all associated files": the record, then the files. The guide's own example for a
// single file goes the other way round, against the guide's principle.

extension Records {
  /// Deletes a record and its files.
  ///
  /// - Parameters:
  ///   - files: what becomes of them.
  ///   - cascade: the records that belong to this one, and their files, go before it.
  /// - Returns: what it was.
  /// - Throws: "UnknownModel", "RecordNotFound".
  @discardableResult
  public func delete(
    _ model: String, id: String, files: FileFate = .delete, cascade: Bool = false
  ) async throws(RecordError) -> Record {
    let model = try schema.model(model)
    var ancestors: Set<String> = []
    return try await delete(model, id, files, cascade, &ancestors)
  }

  private func delete(
    _ model: RecordModel, _ id: String, _ files: FileFate, _ cascade: Bool, _ ancestors: inout Set<String>
  ) async throws(RecordError) -> Record {
    var record = try await existing(model, id, looksAgain: true)
    if cascade, ancestors.insert("\(model.name) \(id)").inserted {
      for child in model.children {
        let childModel = try schema.model(child.model)
        var token: String?
        repeat {
          let page = try await store.list(
            childModel, filter: .equal(child.field, .string(id)), limit: 100, nextToken: token)
          token = page.nextToken
          for found in page.records where !ancestors.contains("\(found.model) \(found.id)") {
            do throws(RecordError) {
              _ = try await delete(childModel, found.id, files, cascade, &ancestors)
            } catch {
              // Another one was faster.
              if error.code != .recordNotFound { throw error }
            }
          }
        } while token != nil
      }
    }
    let entry = try await journal.begin(model, id)
    await step(.noted)
    do throws(RecordError) {
      record = try await deleteRecord(model, record, files, entry)
    } catch {
      if error.mayHaveBeenApplied { await leave(entry, error) } else { await finish(entry) }
      throw error
    }
    await step(.deleted)
    guard files == .delete else {
      await finish(entry)
      return record
    }
    _ = await remove(model.paths(of: record), entry, model, record)
    return record
  }

  /// Deletes the record as it was read, so that no file is forgotten that comes meanwhile.
  private func deleteRecord(
    _ model: RecordModel, _ first: Record, _ files: FileFate, _ entry: WorkflowEntry
  ) async throws(RecordError) -> Record {
    var isUncertain = false
    do throws(RecordError) {
      return try await deleteRecord(model, first, files, entry, &isUncertain)
    } catch {
      // Gone, as it shall be: by an attempt whose answer was lost.
      if error.code == .recordNotFound, isUncertain { return first }
      throw isUncertain ? error.uncertain : error
    }
  }

  /// - Parameter isUncertain: set when an attempt may have succeeded.
  private func deleteRecord(
    _ model: RecordModel, _ first: Record, _ files: FileFate, _ entry: WorkflowEntry, _ isUncertain: inout Bool
  ) async throws(RecordError) -> Record {
    var record = first
    for attempt in 0..<Records.attempts {
      if files == .delete { try await journal.note(removed: model.paths(of: record), in: entry) }
      await step(.planned)
      var filters = model.attachments.flatMap { AttachmentValue($0, of: record).condition(dropping: []) }
      if let updatedAt = record.updatedAt { filters.append(.equal("updatedAt", .string(updatedAt))) }
      do throws(RecordError) {
        _ = try await store.delete(model, id: record.id, if: filters.isEmpty ? nil : .and(filters))
        return record
      } catch {
        isUncertain = isUncertain || error.mayHaveBeenApplied
        guard error.code == .conditionFailed else { throw error }
      }
      try await Records.pause(attempt)
      guard let found = try await store.get(model, id: record.id) else { throw Records.notFound(model, record.id) }
      record = found
    }
    throw RecordError(.tooManyConflicts, "\(model.name) \(record.id) was changed by others all the time")
  }
}

extension RecordModel {
  /// All paths in the attachment fields of a record, each once.
  func paths(of record: Record) -> [String] {
    PathSet(attachments.flatMap { AttachmentValue($0, of: record).paths }).sorted
  }

  /// Whether a path is where the files of some field are.
  func covers(_ path: String) -> Bool { attachments.contains { $0.covers(path) } }
}
