// SPDX-License-Identifier: Apache-2.0

import Credentials
import Glibc
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

/// Calls of the file system as the kernel makes them, with a gate before the store.
@Suite("Renames while files are written, on a real server") struct BusyRenameTests {
  private let directory: TemporaryDirectory
  private let bucket: String
  private let other: IndependentClient
  private let gate: FaultyTransport
  private let files: BucketFileSystem
  private let caller = Caller(uid: 0, gid: 0, pid: getpid())

  init() throws {
    let server = try SeaweedFS.shared()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    directory = try TemporaryDirectory("busy")
    bucket = try server.createBucket()
    other = IndependentClient(server)
    gate = FaultyTransport(CurlTransport(logger: logger))
    let client = try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: gate)
    var configuration = WriteBackCacheConfiguration(directory: directory.path("cache"))
    configuration.retryDelay = 0.3...0.3
    let cache = try WriteBackCache(configuration: configuration, client: client, logger: logger)
    files = BucketFileSystem(
      configuration: BucketFileSystemConfiguration(), client: client, cache: cache, logger: logger)
  }

  private func name(_ text: String) throws -> Name { try #require(Name(text)) }

  private func create(_ parent: InodeID, _ text: String) throws -> (InodeID, HandleID) {
    let flags = OpenFlags(rawValue: O_WRONLY | O_CREAT)
    let (entry, opened) = try files.create(parent, name(text), permissions: 0o644, flags: flags, caller: caller)
    return (entry.attributes.inode, opened.handle)
  }

  private func write(_ text: String, _ file: (InodeID, HandleID)) throws {
    _ = try Array(text.utf8).withUnsafeBytes { try files.write(file.0, file.1, at: 0, $0) }
  }

  private func close(_ file: (InodeID, HandleID)) throws {
    defer { files.release(file.0, file.1) }
    try files.flush(file.0, file.1, caller: caller)
  }

  @Test func aFileThatIsClosedWhileItsDirectoryMovesArrives() async throws {
    let inode = try await BlockingWork.run { [self] in
      let directory = try files.mkdir(.root, name("old"), permissions: 0o755, caller: caller).attributes.inode
      let file = try create(directory, "f")
      try write("first version", file)
      try close(file)
      return file.0
    }
    gate.set { $0.request.headers.fields.contains { $0.name.lowercased() == "x-amz-copy-source" } ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in
      Result { try files.rename(.root, name("old"), to: .root, name("new"), flags: [], caller: caller) }
    }
    let isHeld = try await BlockingWork.run { [gate] in gate.waitUntilHeld(1) }
    #expect(isHeld)
    let closing = BlockingWork.startJoinable { [self] in
      Result {
        let opened = try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY), caller: caller)
        try write("second version", (inode, opened.handle))
        try close((inode, opened.handle))
      }
    }
    #expect(closing.join(timeout: 0.3) == nil)
    gate.open()
    try await renaming.value().get()
    try await closing.value().get()
    #expect(try other.get(bucket, "new/f") == Array("second version".utf8))
    #expect(try other.list(bucket).allSatisfy { !"\($0)".contains("old/") })
  }

  @Test func theTargetsWaitingUploadDoesNotTakeThePlaceOfWhatIsMovedThere() async throws {
    try await BlockingWork.run { [self] in
      let source = try create(.root, "source")
      try write("source", source)
      try close(source)
      let target = try create(.root, "target")
      try write("target", target)
      gate.set { $0.request.method == .put ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      #expect(throws: Errno.self) { try close(target) }
      gate.open()
      try files.rename(.root, name("source"), to: .root, name("target"), flags: [], caller: caller)
      #expect(files.drain(timeout: 10).isEmpty)
      #expect(try other.get(bucket, "target") == Array("source".utf8))
      #expect(try other.list(bucket).count == 1)
    }
  }

  @Test func truncationByNameIsPublishedWhileSomebodyReads() async throws {
    try await BlockingWork.run { [self] in
      let file = try create(.root, "log")
      try write("0123456789", file)
      try close(file)
      let reader = try files.open(file.0, flags: OpenFlags(rawValue: O_RDONLY), caller: caller)
      var changes = AttributeChanges()
      changes.size = 4
      _ = try files.setattr(file.0, handle: nil, changes: changes, caller: caller)
      #expect(try other.get(bucket, "log") == Array("0123".utf8))
      files.release(file.0, reader.handle)
    }
  }
}
