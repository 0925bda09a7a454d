// SPDX-License-Identifier: Apache-2.0
//
// open(2) and creat(2).
//
// All reads and writes bypass the page cache: what a name shows changes with the record, and a length that the kernel remembers would cut it.

import Glibc
import Records
package import VFS

extension RecordFileSystem {
  package func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile {
    if flags.allowsWriting { try requireWritable() }
    switch try places.place(of: inode) {
    case .document(let key): return try openDocument(key, flags, caller)
    case .spooled(let id):
      guard let file = spool.file(id) else { throw .ESTALE }
      if flags.contains(.truncate), flags.allowsWriting { try file.truncate(to: 0) }
      return opened(file, flags, caller)
    case .link: throw Errno(ELOOP)
    case .root, .model, .record, .list: throw .EISDIR
    }
  }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    try requireWritable()
    let parent = try places.place(of: parent)
    guard let (key, role) = try role(of: name, in: parent) else { throw .EPERM }
    if let file = spool.file(parent, name) {
      if flags.contains(.exclusive) { throw .EEXIST }
      if flags.contains(.truncate) { try file.truncate(to: 0) }
      return (try entry(.spooled(file.id)), opened(file, flags, caller))
    }
    if flags.contains(.exclusive), try hasLink(name, role, key) { throw .EEXIST }
    if case .document = role {
      if flags.contains(.exclusive) { throw .EEXIST }
      let entry = try entry(.document(key))
      return (entry, try openDocument(key, flags, caller))
    }
    let file = try spool.make(key, role)
    spool.link(file, parent, name)
    return (try entry(.spooled(file.id)), opened(file, flags, caller))
  }

  /// What a new file of that name is for; nil where none can be.
  private func role(of name: Name, in parent: RecordPlace) throws(Errno) -> (RecordKey, SpooledFile.Role)? {
    switch parent {
    case .record(let key):
      _ = try record(key)
      if name.string == Self.documentName { return (key, .document) }
      guard let field = try field(name, key) else { return (key, .draft) }
      guard !field.isList else { throw .EISDIR }
      return (key, .attachment(field: field.name, name: nil))
    case .list(let key, let field):
      _ = try record(key)
      // A name that can be no part of a path is told now, not when all of the file is written.
      guard !name.string.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw .EINVAL }
      return (key, .attachment(field: field, name: name))
    default: return nil
    }
  }

  private func hasLink(_ name: Name, _ role: SpooledFile.Role, _ key: RecordKey) throws(Errno) -> Bool {
    guard case .attachment(let field, _) = role else { return false }
    return try links(key, field, isFresh: true).contains { $0.name == name }
  }

  private func openDocument(_ key: RecordKey, _ flags: OpenFlags, _ caller: Caller) throws(Errno) -> OpenedFile {
    let isCut = flags.contains(.truncate) && flags.allowsWriting
    let text = isCut ? [] : RecordDocument.text(of: try record(key))
    guard flags.allowsWriting else {
      let open = OpenRecordFile(.text(text), process: 0, allowsWriting: false)
      return OpenedFile(handle: files.add(open), directIO: true)
    }
    return opened(try spool.make(key, .document, content: text), flags, caller)
  }

  private func opened(_ file: SpooledFile, _ flags: OpenFlags, _ caller: Caller) -> OpenedFile {
    file.addUser()
    let process = flags.allowsWriting ? ClosingProcess.of(thread: caller.pid) : 0
    let open = OpenRecordFile(.spooled(file), process: process, allowsWriting: flags.allowsWriting)
    return OpenedFile(handle: files.add(open), directIO: true)
  }
}
