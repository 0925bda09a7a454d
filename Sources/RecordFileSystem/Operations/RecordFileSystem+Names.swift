// SPDX-License-Identifier: Apache-2.0
//
// What names lead to.

import Records
package import VFS

extension RecordFileSystem {
  package func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    let place = try place(name, in: try places.place(of: parent))
    return try entry(place)
  }

  package func forget(_ inode: InodeID, count: UInt64) { places.forget(inode, count: count) }

  package func readlink(_ inode: InodeID) throws(Errno) -> String {
    guard case .link(let key, let field, let name) = try places.place(of: inode) else { throw .EINVAL }
    return try target(key, field, name)
  }

  /// Throws ENOENT; ENOTDIR.
  func place(_ name: Name, in parent: RecordPlace) throws(Errno) -> RecordPlace {
    switch parent {
    case .root:
      return .model(try model(name.string).name)
    case .model(let model):
      let key = RecordKey(model: model, id: name)
      _ = try record(key)
      return .record(key)
    case .record(let key):
      let record = try record(key)
      if name.string == Self.documentName { return .document(key) }
      if let file = spool.file(parent, name) { return .spooled(file.id) }
      guard let field = try field(name, key) else { throw .ENOENT }
      if field.isList { return .list(key, field: field.name) }
      guard !AttachmentLink.all(of: record, field).isEmpty else { throw .ENOENT }
      return .link(key, field: field.name, name: name)
    case .list(let key, let field):
      if let file = spool.file(parent, name) { return .spooled(file.id) }
      _ = try link(key, field, name)
      return .link(key, field: field, name: name)
    case .document, .link, .spooled: throw .ENOTDIR
    }
  }

  /// The attachment field that a name in the directory of a record is of; nil for any other name.
  func field(_ name: Name, _ key: RecordKey) throws(Errno) -> AttachmentField? {
    try model(key.model).attachments.first { Name($0.name) == name }
  }

  func field(_ name: String, _ key: RecordKey) throws(Errno) -> AttachmentField {
    guard let field = try model(key.model).attachments.first(where: { $0.name == name }) else { throw .ENOENT }
    return field
  }

  func links(_ key: RecordKey, _ field: String, isFresh: Bool = false) throws(Errno) -> [AttachmentLink] {
    AttachmentLink.all(of: try record(key, isFresh: isFresh), try self.field(field, key))
  }

  /// Throws ENOENT.
  func link(_ key: RecordKey, _ field: String, _ name: Name) throws(Errno) -> AttachmentLink {
    guard let link = try links(key, field).first(where: { $0.name == name }) else { throw .ENOENT }
    return link
  }

  func target(_ key: RecordKey, _ field: String, _ name: Name) throws(Errno) -> String {
    // `.records/MODEL/ID`, and the directory of a list.
    let depth = try self.field(field, key).isList ? 4 : 3
    return LinkTarget.text(try link(key, field, name).path, depth: depth, pathInMount: configuration.pathInMount)
  }
}
