// SPDX-License-Identifier: Apache-2.0
//
// rename(2), as far as it means something.
//
// Programs that save with care write a new file and rename it. In the directory of a record such a file is a draft, under any name that
// means nothing else; it becomes the document, or an attached file, by its new name. The way round, an editor that renames the document
// away before it writes another one gets a copy of it under that name.
// What a record has in the bucket is renamed there, not here: EPERM. To another directory: EXDEV, so that mv(1) copies.

import Glibc
import Records
package import VFS

extension RecordFileSystem {
  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    try requireWritable()
    guard flags.subtracting(.noReplace).isEmpty else { throw .EINVAL }
    let (parent, newParent) = (try places.place(of: parent), try places.place(of: newParent))
    let source = try place(name, in: parent)
    guard let key = newParent.key, key == parent.key, case .record = parent else {
      // Also for what could not be copied: mv(1) then says so itself.
      throw parent == newParent ? .EPERM : .EXDEV
    }
    let target = try? place(newName, in: newParent)
    if flags.contains(.noReplace), target != nil { throw .EEXIST }
    if source == target { return }
    switch source {
    case .spooled(let id):
      guard let file = spool.file(id), file.role == .draft else { throw .EPERM }
      try rename(draft: file, name, parent, to: newName, newParent, key)
    case .document:
      guard newParent == parent, try field(newName, key) == nil else { throw .EPERM }
      spool.link(try spool.make(key, .draft, content: RecordDocument.text(of: try record(key))), parent, newName)
    case .root, .model, .record, .list, .link: throw .EPERM
    }
  }

  private func rename(
    draft file: SpooledFile, _ name: Name, _ parent: RecordPlace, to newName: Name, _ newParent: RecordPlace,
    _ key: RecordKey
  ) throws(Errno) {
    if case .list(_, let field) = newParent {
      // A new element, as it would be after rename(2): not one beside another of that name.
      guard try !links(key, field, isFresh: true).contains(where: { $0.name == newName }) else { throw .EEXIST }
      try file.seal { () throws(Errno) in try attach(file, key, field, newName.string) }
    } else if newName.string == Self.documentName {
      try file.seal { () throws(Errno) in try write(try file.contents(limit: RecordDocument.limit), to: key) }
    } else if let field = try field(newName, key) {
      guard !field.isList else { throw .EISDIR }
      try file.seal { () throws(Errno) in try attach(file, key, field.name, name.string) }
    } else {
      spool.unlink(parent, name)
      return spool.link(file, newParent, newName)
    }
    spool.unlink(parent, name)
  }
}
