// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
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

/// The file system on a real server, called as the kernel calls it, with a gate before the store.
struct FileSystemFixture: Sendable {
  let directory: TemporaryDirectory
  let bucket: String
  let other: IndependentClient
  let gate: FaultyTransport
  let files: BucketFileSystem
  let client: S3Client
  let caller = Caller(uid: 0, gid: 0, pid: getpid())

  init(
    mode: WriteBackMode = .close, access: AccessRules? = nil, inodeSpace: UInt8 = 0,
    _ change: (inout WriteBackCacheConfiguration) -> Void = { _ in }
  ) throws {
    let server = try SeaweedFS.shared()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    directory = try TemporaryDirectory("busy")
    bucket = try server.createBucket()
    other = IndependentClient(server)
    gate = FaultyTransport(CurlTransport(logger: logger))
    client = try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: gate)
    files = try FileSystemFixture.make(directory.path("cache"), mode, client, access, inodeSpace, change)
  }

  private static func make(
    _ path: String, _ mode: WriteBackMode, _ client: S3Client, _ access: AccessRules? = nil,
    _ inodeSpace: UInt8 = 0,
    _ change: (inout WriteBackCacheConfiguration) -> Void
  ) throws -> BucketFileSystem {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    var configuration = WriteBackCacheConfiguration(directory: path)
    configuration.keepsConditions = true
    configuration.retryDelay = 0.3...0.3
    configuration.mode = mode
    change(&configuration)
    let cache = try WriteBackCache(configuration: configuration, client: client, logger: logger)
    var files = BucketFileSystemConfiguration()
    files.access = access
    files.inodeSpace = inodeSpace
    return BucketFileSystem(
      configuration: files, client: client, cache: cache, logger: logger)
  }

  /// What another run would find after a crash in this moment: a copy of the cache directory, since the present run has its own
  /// locked. Nobody may be using the file system.
  func again() throws -> BucketFileSystem {
    let copy = directory.path("copy")
    let outcome = try Shell.runBlocking("cp", ["-a", directory.path("cache"), copy])
    try #require(outcome.succeeded, "\(outcome.error)")
    return try FileSystemFixture.make(copy, files.cache.configuration.mode, client) { _ in }
  }

  func name(_ text: String) throws -> Name { try #require(Name(text)) }

  func create(_ parent: InodeID, _ text: String) throws -> (InodeID, HandleID) {
    let flags = OpenFlags(rawValue: O_WRONLY | O_CREAT)
    let (entry, opened) = try files.create(parent, name(text), permissions: 0o644, flags: flags, caller: caller)
    return (entry.attributes.inode, opened.handle)
  }

  func write(_ text: String, _ file: (InodeID, HandleID)) throws {
    _ = try Array(text.utf8).withUnsafeBytes { try files.write(file.0, file.1, at: 0, $0) }
  }

  func close(_ file: (InodeID, HandleID)) throws {
    defer { files.release(file.0, file.1) }
    try files.flush(file.0, file.1, caller: caller)
  }
}
