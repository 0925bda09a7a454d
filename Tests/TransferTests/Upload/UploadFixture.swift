// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Locking
import Logging
import S3Client
import SigV4
import TestSupport
import Testing

@testable import Transfer

/// The real servers that transfers are tested with.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case seaweedFS
  case ministack

  var testDescription: String { rawValue }

  func server() throws -> TestServer {
    switch self {
    case .seaweedFS: try SeaweedFS.shared()
    case .ministack: try Ministack.shared()
    }
  }
}

/// A bucket on a real server, with a transport that can be told to fail, and a directory for files and the journal.
struct UploadFixture: Sendable {
  let directory: TemporaryDirectory
  let bucket: String
  let transport: FaultyTransport
  let client: S3Client
  /// The same, with nothing in between. Starting another program takes most of a second, too long for every check.
  let plain: S3Client
  let other: IndependentClient

  init(_ kind: StoreKind) async throws {
    let (server, bucket) = try await BlockingWork.run {
      let server = try kind.server()
      return (server, try server.createBucket())
    }
    directory = try TemporaryDirectory("upload")
    self.bucket = bucket
    let network = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    transport = FaultyTransport(network)
    other = IndependentClient(server)
    func newClient(_ transport: any HTTPTransport) throws -> S3Client {
      try S3Client(
        configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
        credentials: StaticCredentials(
          AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
        transport: transport)
    }
    client = try newClient(transport)
    plain = try newClient(network)
  }

  var journal: UploadJournal { UploadJournal(directory: directory.path("journal")) }

  /// Bytes that repeat nowhere in the distance of a part.
  static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix(state: seed)
    var bytes = [UInt8](unsafeUninitializedCapacity: count + 8) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for offset in stride(from: 0, to: count, by: 8) {
        raw.storeBytes(of: random.next(), toByteOffset: offset, as: UInt64.self)
      }
      initialized = count
    }
    bytes.reserveCapacity(count)
    return bytes
  }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let path = directory.path(name)
    try writeFile(path, bytes)
    return path
  }

  func upload(
    _ source: UploadSource, key: String = "object", journaled: Bool = false,
    _ change: (inout ObjectUpload.Configuration) -> Void = { _ in }
  ) -> (upload: ObjectUpload, progress: UploadProgressLog) {
    var configuration = ObjectUpload.Configuration(
      key: ObjectKey(key), properties: ObjectProperties(contentType: "text/x-test", metadata: ["a": "1"]))
    if journaled { configuration.journal = journal }
    change(&configuration)
    let log = UploadProgressLog()
    let upload = ObjectUpload(client: client, source: source, configuration: configuration) { log.note($0) }
    return (upload, log)
  }

  /// What an independent client finds.
  func independently(_ key: String) async throws -> (bytes: [UInt8], head: IndependentClient.Head?) {
    try await BlockingWork.run { [other, bucket] in (try other.get(bucket, key), try other.head(bucket, key)) }
  }

  func object(_ key: String = "object") async throws -> [UInt8] {
    try await plain.getObject(ObjectKey(key), into: .collect(limit: 256 << 20)).bytes
  }

  /// Nil when there is no object.
  func head(_ key: String = "object") async throws -> ObjectHead? {
    do throws(S3Error) {
      return try await plain.headObject(ObjectKey(key))
    } catch {
      guard error.isNotFound else { throw error }
      return nil
    }
  }

  func openUploads() async throws -> [UploadID] {
    try await plain.listMultipartUploads(prefix: "").map(\.upload)
  }
}

/// What an upload reported, in order.
final class UploadProgressLog: Sendable {
  private let values = Lock<[ByteProgress]>([])

  func note(_ progress: ByteProgress) { values.withLock { $0.append(progress) } }

  var all: [ByteProgress] { values.withLock { $0 } }

  /// Rises only, and ends at the total.
  func isSound(total: Int64) -> Bool {
    let all = all
    return zip(all, all.dropFirst()).allSatisfy { $0.transferred <= $1.transferred }
      && all.last == ByteProgress(transferred: total, total: total)
  }
}
