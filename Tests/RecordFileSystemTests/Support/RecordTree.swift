// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Records
import Storage
import TestSupport
import Testing
import VFS

@testable import RecordFileSystem

/// Songs and albums in a SQLite file, with their files on a real server, as a file system that is called as the kernel calls it.
struct RecordTree: Sendable {
  let directory: TemporaryDirectory
  let records: Records
  let storage: Storage
  let bucket: IndependentBucket
  let files: RecordFileSystem
  let caller = Caller(uid: 0, gid: 0, pid: getpid())

  private init(readOnly: Bool, fate: FileFate) async throws {
    directory = try TemporaryDirectory("recordfs")
    let server = try await StoreKind.seaweedFS.shared()
    let name = try await BlockingWork.run { try server.createBucket() }
    var store = StorageConfiguration(
      bucket: name, region: server.region, endpointURL: server.endpoint,
      credentials: .static(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey))
    store.environment = [:]
    storage = Storage(store)
    bucket = IndependentBucket(server, bucket: name)
    records = try Records(
      RecordsConfiguration(
        schema: try RecordTree.schema(), store: try SQLiteRecordStore(path: directory.path("records.sqlite")),
        storage: storage,
        stateDirectory: directory.path("state")))
    try #require(Glibc.mkdir(directory.path("spool"), 0o700) == 0)
    var configuration = RecordFileSystemConfiguration(spoolDirectory: directory.path("spool"))
    configuration.readOnly = readOnly
    configuration.files = fate
    files = RecordFileSystem(
      configuration, records: records, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Runs `body`, which may block, and expects that nothing stays open.
  static func use(
    readOnly: Bool = false, fate: FileFate = .keep, prepare: (Records) async throws -> Void = { _ in },
    _ body: @escaping @Sendable (RecordTree) throws -> Void
  ) async throws {
    let tree = try await RecordTree(readOnly: readOnly, fate: fate)
    try await prepare(tree.records)
    try await BlockingWork.run { try body(tree) }
    #expect(tree.files.references.handles == 0)
    await tree.records.close()
    await tree.storage.close()
  }

  private static func schema() throws -> RecordSchema {
    func model(_ name: String, _ fields: [RecordField], _ attachments: [AttachmentField]) -> RecordModel {
      RecordModel(
        name,
        fields: [RecordField("id", .scalar("ID"), isRequired: true)] + fields
          + ["createdAt", "updatedAt"].map { RecordField($0, .scalar("AWSDateTime"), isReadOnly: true) },
        attachments: attachments)
    }
    let name = RecordField("name", .scalar("String"), isRequired: true)
    return try RecordSchema(models: [
      model(
        "Song", [name, RecordField("length", .scalar("Int")), RecordField("coverArtPath", .scalar("String"))],
        [
          AttachmentField("coverArtPath", isList: false)
        ]),
      model(
        "PhotoAlbum", [name, RecordField("imagePaths", .scalar("String"), isList: true)],
        [
          AttachmentField("imagePaths", isList: true)
        ]),
      model("Measure", [RecordField("value", .scalar("Int"), isRequired: true)], []),
    ])
  }

  // MARK: As a program does it

  func name(_ text: String) throws -> Name { try #require(Name(text)) }

  /// Walks a path below `.records`.
  func find(_ path: String) throws -> InodeID { try entry(path).inode }

  func entry(_ path: String) throws -> Attributes {
    var attributes = try files.getattr(RecordFileSystem.root, handle: nil).attributes
    for part in path.split(separator: "/") {
      attributes = try files.lookup(attributes.inode, name(String(part)), caller: caller).attributes
    }
    return attributes
  }

  func list(_ path: String) throws -> [String] {
    let inode = try find(path)
    let handle = try files.opendir(inode, caller: caller)
    defer { files.releasedir(inode, handle) }
    var names: [String] = []
    try files.readdir(inode, handle, from: 0, plus: false) { entry in
      names.append(entry.name)
      return true
    }
    return names.filter { $0 != "." && $0 != ".." }
  }

  func read(_ path: String) throws -> String {
    let inode = try find(path)
    let opened = try files.open(inode, flags: OpenFlags(rawValue: O_RDONLY), caller: caller)
    defer { files.release(inode, opened.handle) }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4_096)
    defer { scratch.deallocate() }
    guard case .scratch(let count) = try files.read(inode, opened.handle, at: 0, length: 1 << 16, scratch: scratch)
    else {
      return ""
    }
    return String(decoding: scratch[..<count], as: UTF8.self)
  }

  func document(_ path: String) throws -> [String: RecordValue] {
    try #require(try RecordValue(json: read(path + "/record.json")).object)
  }

  func target(_ path: String) throws -> String { try files.readlink(find(path)) }

  /// An open file.
  struct Open {
    let inode: InodeID
    let handle: HandleID
  }

  /// `open(path, O_WRONLY | O_CREAT | O_TRUNC)`, unless there are other flags.
  func open(_ path: String, _ flags: Int32 = O_WRONLY | O_CREAT | O_TRUNC) throws -> Open {
    let (parent, name) = try split(path)
    let flags = OpenFlags(rawValue: flags)
    if let found = try? files.lookup(parent, name, caller: caller).attributes, !flags.contains(.exclusive) {
      return Open(inode: found.inode, handle: try files.open(found.inode, flags: flags, caller: caller).handle)
    }
    let (entry, opened) = try files.create(parent, name, permissions: 0o644, flags: flags, caller: caller)
    return Open(inode: entry.attributes.inode, handle: opened.handle)
  }

  func write(_ text: String, _ file: Open, at offset: Int64 = 0) throws {
    let count = try Array(text.utf8).withUnsafeBytes { try files.write(file.inode, file.handle, at: offset, $0) }
    #expect(count == text.utf8.count)
  }

  func close(_ file: Open) throws {
    defer { files.release(file.inode, file.handle) }
    try files.flush(file.inode, file.handle, caller: caller)
  }

  /// As `cp` does.
  func put(_ text: String, _ path: String, _ flags: Int32 = O_WRONLY | O_CREAT | O_TRUNC) throws {
    let file = try open(path, flags)
    try write(text, file)
    try close(file)
  }

  func remove(_ path: String) throws {
    let (parent, name) = try split(path)
    try files.unlink(parent, name, caller: caller)
  }

  func makeDirectory(_ path: String) throws {
    let (parent, name) = try split(path)
    _ = try files.mkdir(parent, name, permissions: 0o755, caller: caller)
  }

  func removeDirectory(_ path: String) throws {
    let (parent, name) = try split(path)
    try files.rmdir(parent, name, caller: caller)
  }

  func rename(_ path: String, _ newPath: String, _ flags: RenameFlags = []) throws {
    let ((parent, name), (newParent, newName)) = (try split(path), try split(newPath))
    try files.rename(parent, name, to: newParent, newName, flags: flags, caller: caller)
  }

  private func split(_ path: String) throws -> (InodeID, Name) {
    let parts = path.split(separator: "/")
    return (try find(parts.dropLast().joined(separator: "/")), try name(String(parts.last ?? "")))
  }

  /// All keys of the bucket. Blocks.
  func keys() throws -> [String] { try bucket.client.list(bucket.bucket).map(\.key).sorted() }
}
