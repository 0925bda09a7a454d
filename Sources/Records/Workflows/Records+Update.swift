// SPDX-License-Identifier: Apache-2.0

import Storage

extension Records {
  /// Changes fields of a record; null removes one.
  ///
  /// A path may be given for an attachment field, too: of a file that is there, where the template of the field puts its files, and that
  /// no other record names. Files that the record names no more are kept.
  /// - Parameter condition: must hold at the moment of the change.
  /// - Throws: "UnknownModel", "UnknownField", "ReadOnlyField", "InvalidValue", "RecordNotFound", "ConditionFailed", and for paths
  ///   "PathNotAllowed", "PathInUse", "FileNotFound".
  public func update(
    _ model: String, id: String, values: [String: RecordValue], if condition: RecordFilter? = nil
  ) async throws(RecordError) -> Record {
    let model = try schema.model(model)
    try model.check(values, for: .updating)
    for field in condition?.fields.sorted() ?? [] where model.field(field) == nil { throw model.unknown(field) }
    var record = try await existing(model, id, looksAgain: true)
    for attempt in 0..<Records.attempts {
      let paths = try await checkPaths(in: values, model, id, knowing: record)
      // What is written back was read before: it must not have been taken out meanwhile, and its file deleted.
      var filters = condition.map { [$0] } ?? []
      for attachment in model.attachments where values[attachment.name].map({ !$0.isNull }) == true {
        let known = AttachmentValue(attachment, of: record)
        filters += known.condition(dropping: known.paths)
      }
      do throws(RecordError) {
        let changed = try await store.update(
          model, id: id, values: values, if: filters.isEmpty ? nil : filters.count == 1 ? filters[0] : .and(filters))
        // A file that went between the look and the change must not be named.
        for (field, path) in paths where try await files.properties(path) == nil {
          _ = try await detach(from: model.name, id: id, field: field, path: path)
          throw Records.missing(path)
        }
        return changed
      } catch {
        guard error.code == .conditionFailed, filters.count > (condition == nil ? 0 : 1) else { throw error }
        try await Records.pause(attempt)
        record = try await existing(model, id, looksAgain: true)
        if let condition, !condition.matches(record.values) { throw error }
      }
    }
    throw RecordError(.tooManyConflicts, "\(model.name) \(id) was changed by others all the time")
  }

  /// Whether a record may come to name the paths among these values.
  ///
  /// - Returns: those that it does not name yet, with their fields.
  /// - Throws: "PathNotAllowed", "PathInUse", "FileNotFound".
  @discardableResult
  func checkPaths(
    in values: [String: RecordValue], _ model: RecordModel, _ id: String, knowing record: Record? = nil
  ) async throws(RecordError) -> [(field: String, path: String)] {
    var new: [(field: String, path: String)] = []
    for attachment in model.attachments {
      guard let value = values[attachment.name], !value.isNull else { continue }
      let wanted = AttachmentValue(attachment, of: Record(model: model.name, id: id, values: [attachment.name: value]))
      let known = PathSet(record.map { AttachmentValue(attachment, of: $0).paths } ?? [])
      for path in wanted.paths where !known.contains(path) { new.append((attachment.name, path)) }
    }
    for (field, path) in new {
      let attachment = try model.attachment(field)
      guard attachment.covers(path) else {
        throw RecordError(
          .pathNotAllowed,
          "\(path) is not below \(attachment.template.prefix), where the files of \(model.name).\(field) are")
      }
      // Its record may be about to delete it: there nobody would look who else has come to name it.
      if !store.findsPathsQuickly, let owner = attachment.template.uuid(in: path, model: model.name, field: field),
        owner != id
      {
        throw RecordError(.pathInUse, "\(path) has the id of another record, \(owner)")
      }
      if let other = try await owner(of: path, otherThan: (model.name, id)) {
        throw RecordError(.pathInUse, "\(path) belongs to \(other.model) \(other.id)")
      }
      guard try await files.properties(path) != nil else { throw Records.missing(path) }
    }
    return new
  }

  static func missing(_ path: String) -> RecordError {
    RecordError(.fileNotFound, "there is no file \(path) in the bucket")
  }
}
