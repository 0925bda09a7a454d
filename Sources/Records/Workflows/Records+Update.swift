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
    let record = try await existing(model, id)
    let paths = try await checkPaths(in: values, model, id, knowing: record)
    let changed = try await store.update(model, id: id, values: values, if: condition)
    // A file that went between the look and the change must not be named.
    for (field, path) in paths where try await files.properties(path) == nil {
      _ = try await detach(from: model.name, id: id, field: field, path: path)
      throw Records.missing(path)
    }
    return changed
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
      let known = record.map { Set(AttachmentValue(attachment, of: $0).paths) } ?? []
      for path in wanted.paths where !known.contains(path) { new.append((attachment.name, path)) }
    }
    for (field, path) in new {
      let attachment = try model.attachment(field)
      let prefix = attachment.template.prefix
      guard path.utf8.starts(with: prefix.utf8), path.utf8.count > prefix.utf8.count, !path.hasSuffix("/"),
        !path.hasPrefix("/")
      else {
        throw RecordError(
          .pathNotAllowed, "\(path) is not below \(prefix), where the files of \(model.name).\(field) are")
      }
      if let other = try await owner(of: path, otherThan: (model.name, id)) {
        throw RecordError(.pathInUse, "\(path) belongs to \(other.model) \(other.id)")
      }
      guard try await files.properties(path) != nil else { throw Records.missing(path) }
    }
    return new
  }

  private static func missing(_ path: String) -> RecordError {
    RecordError(.fileNotFound, "there is no file \(path) in the bucket")
  }
}
