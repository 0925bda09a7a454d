// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client
import TestSupport

@testable import Transfer

/// A bucket on a real server, with a transport that can be told to fail, and a directory for files and the journal.
struct UploadFixture: Sendable {
  let directory: TemporaryDirectory
  let transport = FaultyTransport(RealBucket.network)
  let client: S3Client
  /// The same, with nothing in between.
  let plain: S3Client
  let other: IndependentBucket

  init(_ kind: StoreKind) async throws {
    directory = try TemporaryDirectory("upload")
    let bucket = try await RealBucket(kind)
    other = bucket.other
    client = try bucket.client(through: transport)
    plain = try bucket.client()
  }

  var journal: UploadJournal { UploadJournal(directory: directory.path("journal")) }

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
