// SPDX-License-Identifier: Apache-2.0
//
// Records that are made and deleted, and files that are taken out of them.
//
// `rm -r` of a record ends with its deletion: the document goes with its record, so removing it alone does nothing, and a list
// without files can be removed, which changes nothing either.

import Records
package import VFS

extension RecordFileSystem {
  package func mkdir(_ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller) throws(Errno) -> Entry {
    try requireWritable()
    let parent = try places.place(of: parent)
    guard case .model(let model) = parent else {
      if (try? place(name, in: parent)) != nil { throw .EEXIST }
      throw .EPERM
    }
    let key = RecordKey(model: model, id: name)
    let values = RecordFileSystem.values(of: try self.model(model), id: name.string)
    let record = try change(key) { (records) async throws(RecordError) in
      try await records.create(model, id: name.string, values: values)
    }
    cache.changed(key, to: record)
    return try entry(.record(key))
  }

  /// What a record must have and a directory does not say: texts are the id, lists are empty. What else a model needs has no value that
  /// anybody could mean, and the store refuses such a record.
  private static func values(of model: RecordModel, id: String) -> [String: RecordValue] {
    var values: [String: RecordValue] = [:]
    for field in model.fields where !field.isReadOnly && field.name != model.keyName {
      if field.isList {
        if field.isListRequired { values[field.name] = [] }
      } else if field.isRequired, field.kind == .scalar("String"),
        !model.attachments.contains(where: { $0.name == field.name })
      {
        values[field.name] = .string(id)
      }
    }
    return values
  }

  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try requireWritable()
    let parent = try places.place(of: parent)
    switch (parent, try place(name, in: parent)) {
    case (_, .record(let key)):
      let files = configuration.files
      _ = try change(key) { (records) async throws(RecordError) in
        try await records.delete(key.model, id: key.id.string, files: files)
      }
      cache.changed(key, to: nil)
      spool.unlinkAll(of: key)
    case (_, .list(let key, let field)):
      guard try links(key, field, isFresh: true).isEmpty, spool.names(in: .list(key, field: field)).isEmpty else {
        throw .ENOTEMPTY
      }
    case (_, .model): throw .EPERM
    default: throw .ENOTDIR
    }
  }

  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try requireWritable()
    let parent = try places.place(of: parent)
    switch try place(name, in: parent) {
    case .document: return
    case .spooled: spool.unlink(parent, name)
    case .link(let key, let field, _):
      let path = try link(key, field, name).path
      let files = configuration.files
      let result = try change(key) { (records) async throws(RecordError) in
        try await records.detach(from: key.model, id: key.id.string, field: field, path: path, files: files)
      }
      cache.changed(key, to: result.record)
    case .root, .model, .record, .list: throw .EISDIR
    }
  }

  package func symlink(_ target: String, at parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    throw .EPERM
  }

  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    throw .EPERM
  }
}
