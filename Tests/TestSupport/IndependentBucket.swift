// SPDX-License-Identifier: Apache-2.0
//
// A bucket of a real server as boto3 sees it, for tasks.
//
// For: arranging what is in a bucket and checking what a test left there. No state; any task may call. Every call runs a
// program, on a thread of its own, because the cooperative pool has few; and one after the other, because starting many at
// once takes the machine from the tests.
// What can go wrong: see IndependentClient.

import Locking

package struct IndependentBucket: Sendable {
  package let client: IndependentClient
  /// Its name; another one can be named in most calls.
  package let bucket: String

  package init(_ server: TestServer, bucket: String) {
    client = IndependentClient(server)
    self.bucket = bucket
  }

  package func put(
    _ key: String, _ body: [UInt8], contentType: String? = nil, metadata: [String: String] = [:],
    in bucket: String? = nil
  ) async throws {
    try await inTurn {
      try client.put(bucket ?? self.bucket, key, body, contentType: contentType, metadata: metadata)
    }
  }

  package func put(_ key: String, _ body: String, in bucket: String? = nil) async throws {
    try await put(key, Array(body.utf8), in: bucket)
  }

  package func putMany(prefix: String, count: Int) async throws {
    try await inTurn { try client.putMany(bucket, prefix: prefix, count: count) }
  }

  package func get(_ key: String, in bucket: String? = nil) async throws -> [UInt8] {
    try await inTurn { try client.get(bucket ?? self.bucket, key) }
  }

  /// Nil when there is no such object.
  ///
  /// - Parameter hashing: fetch the object too, for its hash.
  package func head(
    _ key: String, in bucket: String? = nil, hashing: Bool = false
  ) async throws -> IndependentClient.Head? {
    try await inTurn { try client.head(bucket ?? self.bucket, key, hashing: hashing) }
  }

  package func delete(_ key: String) async throws { try await inTurn { try client.delete(bucket, key) } }

  package func list(in bucket: String? = nil) async throws -> [IndependentClient.Entry] {
    try await inTurn { try client.list(bucket ?? self.bucket) }
  }

  package func keys(in bucket: String? = nil) async throws -> [String] { try await list(in: bucket).map(\.key) }

  package func uploads() async throws -> [IndependentClient.Upload] {
    try await inTurn { try client.uploads(bucket) }
  }

  /// Makes another bucket.
  package func makeBucket(_ name: String, versioned: Bool) async throws {
    try await inTurn { try client.makeBucket(name, versioned: versioned) }
  }

  private func inTurn<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await BlockingWork.run { try Self.turn.withLock { _ in try body() } }
  }

  private static let turn = Lock(())
}
