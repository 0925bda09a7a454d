// SPDX-License-Identifier: Apache-2.0
//
// What stat(2) tells, and what little of it can be changed.
//
// Times are those of the record. Owner and permissions are the mount's: there is no place in a record for others. What cp(1), mv(1) and
// editors set on a file that they have written is taken without effect.

import Records
package import VFS

extension RecordFileSystem {
  /// Seconds that the kernel may keep what never changes.
  private static let longTime = 60.0

  package func getattr(_ inode: InodeID, handle: HandleID?) throws(Errno) -> TimedAttributes {
    let place = try places.place(of: inode)
    var attributes = try attributes(place, inode)
    if let file = openFile(handle), case .document = place { attributes.size = try file.status.size }
    return TimedAttributes(attributes: attributes, timeToLive: timeToLive(place))
  }

  package func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes {
    try requireWritable()
    let place = try places.place(of: inode)
    switch place {
    case .root, .model, .record, .list, .link: throw .EPERM
    case .document, .spooled: break
    }
    if let size = changes.size {
      // A document has no state between two closes: there is nothing to cut without opening it.
      guard let file = openFile(handle) ?? spooledFile(place) else { throw .EPERM }
      try file.truncate(to: size)
    }
    return try getattr(inode, handle: handle)
  }

  private func openFile(_ handle: HandleID?) -> SpooledFile? {
    handle.flatMap { try? files.get($0) }?.spooled
  }

  private func spooledFile(_ place: RecordPlace) -> SpooledFile? {
    if case .spooled(let id) = place { spool.file(id) } else { nil }
  }

  package func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8] { throw .ENODATA }

  package func setxattr(_ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode) throws(Errno) {
    throw .EOPNOTSUPP
  }

  package func listxattr(_ inode: InodeID) throws(Errno) -> [String] { [] }
  package func removexattr(_ inode: InodeID, _ name: String) throws(Errno) { throw .EOPNOTSUPP }

  package func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics {
    // Nobody knows how much a database takes.
    FileSystemStatistics(
      blockSize: 4_096, blocks: 1 << 38, freeBlocks: 1 << 38, files: 1 << 38, freeFiles: 1 << 38,
      maximumNameLength: UInt64(Name.maximumLength))
  }

  // MARK: Answers

  /// The answer to a lookup, which counts as one.
  func entry(_ place: RecordPlace) throws(Errno) -> Entry {
    let inode = places.tell(place)
    do throws(Errno) {
      return Entry(attributes: try attributes(place, inode), timeToLive: timeToLive(place))
    } catch {
      places.forget(inode, count: 1)
      throw error
    }
  }

  /// Names within a record come to mean something else when a file is closed, so the kernel asks each time.
  func timeToLive(_ place: RecordPlace) -> Double {
    switch place {
    case .root, .model: Self.longTime
    case .record: configuration.timeToLive
    case .document, .list, .link, .spooled: 0
    }
  }

  private func attributes(_ place: RecordPlace, _ inode: InodeID) throws(Errno) -> Attributes {
    switch place {
    case .root:
      // Nobody adds or removes a model.
      return attributes(inode, .directory, 0o555, links: 2 + UInt32(clamping: records.schema.models.count))
    case .model:
      // Nobody counts records: 1 says that this is no count.
      return attributes(inode, .directory, configuration.dirMode, links: 1)
    case .record(let key):
      return try attributes(of: try record(key), inode)
    case .list(let key, _):
      let record = try record(key)
      return attributes(inode, .directory, configuration.dirMode, links: 2, modified: RecordFileSystem.modified(record))
    case .document(let key):
      let record = try record(key)
      return attributes(
        inode, .regular, configuration.fileMode, size: Int64(RecordDocument.text(of: record).count),
        modified: RecordFileSystem.modified(record))
    case .link(let key, let field, let name):
      let record = try record(key)
      return attributes(
        inode, .symbolicLink, 0o777, size: Int64(try target(key, field, name).utf8.count),
        modified: RecordFileSystem.modified(record))
    case .spooled(let id):
      guard let file = spool.file(id) else { throw .ESTALE }
      let status = try file.status
      return attributes(inode, .regular, configuration.fileMode, size: status.size, modified: status.modified)
    }
  }

  /// Of the directory of a record.
  func attributes(of record: Record, _ inode: InodeID) throws(Errno) -> Attributes {
    let lists = try model(record.model).attachments.count { $0.isList }
    return attributes(
      inode, .directory, configuration.dirMode, links: 2 + UInt32(clamping: lists),
      modified: RecordFileSystem.modified(record))
  }

  private static func modified(_ record: Record) -> Timestamp? { record.updatedAt.flatMap(Timestamp.init(record:)) }

  private func attributes(
    _ inode: InodeID, _ kind: FileKind, _ permissions: UInt32, links: UInt32 = 1, size: Int64 = 0,
    modified: Timestamp? = nil
  ) -> Attributes {
    let modified = modified ?? startedAt
    return Attributes(
      inode: inode, kind: kind, permissions: permissions, linkCount: links, uid: configuration.uid,
      gid: configuration.gid, size: size,
      accessed: modified, modified: modified, changed: modified)
  }
}
