// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Locking
import S3Client
import SigV4
import TestSupport

/// The store in memory.
final class MemoryModelStore: ModelStore {
  private let memory: MemoryS3Transport
  var transport: any HTTPTransport { memory }
  let partSize: Int64
  let isFast = true

  /// - Parameter partSize: the smallest part that it takes, in bytes.
  init(partSize: Int64 = 4_096) {
    self.partSize = partSize
    var capabilities = MemoryCapabilities()
    capabilities.minimumPartSize = Int(partSize)
    memory = MemoryS3Transport(MemoryBucket(name: "model", capabilities: capabilities))
  }

  func makeClient(_ transport: any HTTPTransport) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(
        bucket: "model", region: "us-east-1", endpoint: "http://memory.test", addressing: .path),
      credentials: StaticCredentials(AWSCredentials(accessKeyID: "KEY", secretAccessKey: "SECRET")),
      transport: transport, clock: QuickClock().clock)
  }

  func put(_ key: String, _ bytes: [UInt8]) { memory.put(MemoryKey(key), bytes) }
  func delete(_ key: String) { memory.delete(MemoryKey(key)) }

  func contents() -> [String: [UInt8]] {
    Dictionary(uniqueKeysWithValues: memory.contents.map { ($0.key.string, $0.value) })
  }

  func uploads() -> Set<String> { Set(memory.uploads.map(\.id)) }
}

/// The clock of a client that need not wait between two tries: it jumps. It starts with that of the store.
private final class QuickClock: Sendable {
  private let seconds = Lock<Double>(1_767_225_600)

  var clock: S3Clock {
    S3Clock(
      now: { [self] in Int64(seconds.withLock { $0 }) }, uptime: { [self] in seconds.withLock { $0 } },
      sleep: { [self] (time) throws(CancellationError) in
        if Task.isCancelled { throw CancellationError() }
        seconds.withLock { $0 += time }
      },
      random: { 0 })
  }
}
