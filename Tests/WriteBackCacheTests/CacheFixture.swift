// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import WriteBackCache

/// A cache in a directory of its own before a bucket of its own on a real server, with a transport that can be told to fail.
final class CacheFixture: Sendable {
  let directory: TemporaryDirectory
  let bucket: String
  let client: S3Client
  let transport: FaultyTransport
  let other: IndependentClient

  init() throws {
    let server = try SeaweedFS.shared()
    directory = try TemporaryDirectory("cache")
    bucket = try server.createBucket()
    other = IndependentClient(server)
    transport = FaultyTransport(CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    client = try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: transport)
  }

  func cache(_ change: (inout WriteBackCacheConfiguration) -> Void = { _ in }) throws -> WriteBackCache {
    var configuration = WriteBackCacheConfiguration(directory: directory.path("cache"))
    configuration.partSize = 5 << 20
    configuration.retryDelay = 0.05...0.2
    configuration.keepsConditions = true
    change(&configuration)
    return try WriteBackCache.opened(configuration, client)
  }
}

extension WriteBackCache {
  /// One whose directory another cache may have just been closed in: an upload in the background keeps that one, and so the
  /// directory, until it has heard of its end.
  static func opened(_ configuration: WriteBackCacheConfiguration, _ client: S3Client) throws -> WriteBackCache {
    func attempt() -> Result<WriteBackCache, WriteBackCacheError> {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      return Result { () throws(WriteBackCacheError) in
        try WriteBackCache(configuration: configuration, client: client, logger: logger)
      }
    }
    var opened = attempt()
    try? BlockingWork.eventually("nobody uses the cache directory") {
      guard case .failure(let error) = opened, error.description.contains("in use") else { return true }
      opened = attempt()
      return false
    }
    return try opened.get()
  }
}

/// Hears of no upload.
final class Deaf: WriteBackCache.Observer {
  func cacheFile(_ file: CacheFile, published publication: CacheFile.Publication) {}
  func cacheFile(_ file: CacheFile, failed failure: WriteBackFailure) {}
}
