// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import Transfer

/// A bucket of its own on a real server.
final class ServerModelStore: ModelStore {
  let transport: any HTTPTransport
  let partSize: Int64 = 5 << 20
  let isFast = false
  private let server: TestServer
  private let bucket: String
  private let other: S3Client

  init(_ server: TestServer) throws {
    self.server = server
    bucket = try server.createBucket()
    transport = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    other = try ServerModelStore.client(server, bucket, transport)
  }

  /// Does not wait between two tries.
  private static let impatient = S3Clock(
    now: S3Clock.system.now, uptime: S3Clock.system.uptime,
    sleep: { (_) throws(CancellationError) in if Task.isCancelled { throw CancellationError() } }, random: { 0 })

  private static func client(
    _ server: TestServer, _ bucket: String, _ transport: any HTTPTransport
  ) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: transport, clock: impatient)
  }

  func makeClient(_ transport: any HTTPTransport) throws -> S3Client {
    try ServerModelStore.client(server, bucket, transport)
  }

  func put(_ key: String, _ bytes: [UInt8]) throws {
    _ = try BlockingBridge.run { [other] () async throws(S3Error) in
      try await other.putObject(ObjectKey(key), body: .bytes(bytes), properties: ObjectProperties())
    }
  }

  func delete(_ key: String) throws {
    try BlockingBridge.run { [other] () async throws(S3Error) in try await other.deleteObject(ObjectKey(key)) }
  }

  func contents() throws -> [String: [UInt8]] {
    try BlockingBridge.run { [other] () async throws(S3Error) in
      var result: [String: [UInt8]] = [:]
      for object in try await other.listObjects(prefix: "", delimiter: nil).objects {
        let limit = Int(object.size)
        result[object.key.string] =
          limit == 0 ? [] : try await other.getObject(object.key, into: .collect(limit: limit)).bytes
      }
      return result
    }
  }

  func uploads() throws -> Set<String> {
    try BlockingBridge.run { [other] () async throws(S3Error) in
      Set(try await other.listMultipartUploads(prefix: "").map { "\($0)" })
    }
  }
}
