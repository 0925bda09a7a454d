// SPDX-License-Identifier: Apache-2.0
//
// "Add or update a file for an associated record", "Add new files to an associated record", "Update the file for an associated
// record": the files, then the association, then the old file's end.

extension Records {
  /// Uploads files and attaches them: a single one takes the place of what is there, others come behind those of a list.
  ///
  /// Of several at once, also of other processes, none is lost.
  /// - Parameter old: what becomes of a file that is replaced.
  /// - Throws: "UnknownModel", "UnknownField", "NotAnAttachment", "TooManyFiles", "RecordNotFound", "TooManyConflicts".
  public func attach(
    _ uploads: [RecordFile], to model: String, id: String, field: String, old: FileFate = .delete
  ) async throws(RecordError) -> AttachmentResult {
    let model = try schema.model(model)
    let attachment = try model.attachment(field)
    try Records.check(uploads, for: attachment, model)
    return try await change(
      model, id, attachment,
      AssociationChange(uploads: uploads, fate: old) { (value, paths) throws(RecordError) in
        guard !paths.isEmpty else { return nil }
        var value = value
        value.add(paths)
        return value
      })
  }

  /// Uploads a file and puts it in the place of another one of the record.
  ///
  /// - Parameters:
  ///   - path: of the file that is there.
  ///   - old: what becomes of it.
  /// - Throws: "PathNotAttached", and as ``attach(_:to:id:field:old:)``.
  public func replace(
    _ path: String, with file: RecordFile, of model: String, id: String, field: String, old: FileFate = .delete
  ) async throws(RecordError) -> AttachmentResult {
    let model = try schema.model(model)
    let attachment = try model.attachment(field)
    try Records.check([file], for: attachment, model)
    return try await change(
      model, id, attachment,
      AssociationChange(uploads: [file], fate: old) { (value, paths) throws(RecordError) in
        guard let new = paths.first else { return nil }
        var value = value
        try value.replace(path, with: new)
        return value
      })
  }
}
