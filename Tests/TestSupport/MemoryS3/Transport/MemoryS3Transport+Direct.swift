// SPDX-License-Identifier: Apache-2.0

import Locking

/// What a test does and sees behind the client's back. No request: nothing here is counted or fails.
extension MemoryS3Transport {
  /// The bucket as it is now; a value of its own.
  package var bucket: MemoryBucket { state.withLock { $0.bucket } }

  /// All objects; compare two of them to see whether anything was written in between.
  package var objects: [MemoryKey: MemoryObject] { bucket.objects }

  /// The bytes of all objects.
  package var contents: [MemoryKey: [UInt8]] { objects.mapValues(\.body) }

  /// In the order of their bytes.
  package var keys: [MemoryKey] { bucket.keys }

  /// Multipart uploads under way, in the order in which they began.
  package var uploads: [MemoryUpload] { bucket.uploads.values.sorted { $0.id < $1.id } }

  package func object(_ key: MemoryKey) -> MemoryObject? { state.withLock { $0.bucket.objects[key] } }

  /// Puts an object as another client would: with an entity tag and a time of its own.
  @discardableResult
  package func put(
    _ key: MemoryKey, _ body: [UInt8], properties: MemoryProperties = MemoryProperties()
  ) -> MemoryObject {
    state.withLock { $0.bucket.put(key, body, properties) }
  }

  /// Deletes an object as another client would.
  package func delete(_ key: MemoryKey) { state.withLock { $0.bucket.set(key, to: nil) } }

  package func setCapabilities(_ capabilities: MemoryCapabilities) {
    state.withLock { $0.bucket.capabilities = capabilities }
  }

  /// Lets the clock of the store go on by so many seconds.
  package func advance(_ seconds: Int64) { state.withLock { $0.bucket.time += seconds * 1_000 } }

  /// Requests of a kind that came, those with faults too, over all connections.
  package func count(_ operation: MemoryOperation) -> Int { state.withLock { $0.counts[operation] ?? 0 } }

  package var counts: [MemoryOperation: Int] { state.withLock { $0.counts } }

  /// All requests.
  package var requestCount: Int { state.withLock { $0.total } }

  /// Counts anew; ``MemorySent/ordinal`` too.
  package func resetCounts() { state.withLock { ($0.counts, $0.total) = ([:], 0) } }
}
