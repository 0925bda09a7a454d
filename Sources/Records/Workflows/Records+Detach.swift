// SPDX-License-Identifier: Apache-2.0
//
// "Remove the file association, continue to persist both", "Remove the record association and delete the file": the record first.

extension Records {
  /// Takes files out of a record.
  ///
  /// - Parameters:
  ///   - path: one of them; nil for all of the field.
  ///   - files: what becomes of them.
  /// - Throws: "UnknownModel", "UnknownField", "NotAnAttachment", "PathNotAttached", "RecordNotFound", "TooManyConflicts".
  public func detach(
    from model: String, id: String, field: String, path: String? = nil, files: FileFate = .keep
  ) async throws(RecordError) -> AttachmentResult {
    let model = try schema.model(model)
    let attachment = try model.attachment(field)
    return try await change(
      model, id, attachment,
      AssociationChange(fate: files) { (value, _) throws(RecordError) in
        var changed = value
        if let path { try changed.remove(path) } else { changed.removeAll() }
        return changed == value ? nil : changed
      })
  }
}
