// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing

@testable import BucketFileSystem

@Suite("Attribute cache") struct AttributeCacheTests {
  private let key = ObjectKey("k")
  private let stored = StoredAttributes(metadata: ["mode": "33188"])

  private func version(_ etag: String, _ time: Int64) -> AttributeCache.Version {
    AttributeCache.Version(etag: ETag(etag), lastModified: time)
  }

  @Test func knowsTheVersionItWasTold() {
    let cache = AttributeCache()
    cache.remember(key, version("e", 100), stored)
    #expect(cache.attributes(of: key, version: version("e", 100)) == stored)
    #expect(cache.attributes(of: key, version: version("f", 100)) == nil)
    // Attributes can change without the ETag: then LastModified does.
    #expect(cache.attributes(of: key, version: version("e", 101)) == nil)
  }

  @Test func whatWeWroteIsTheFirstVersionThatIsListed() {
    let cache = AttributeCache()
    cache.remember(key, written: WrittenObject(etag: ETag("e"), serverTime: 100), stored)
    #expect(cache.attributes(of: key, version: version("e", 101)) == nil)
    #expect(cache.attributes(of: key, version: version("e", 99)) == stored)
    // From now on the time is known.
    #expect(cache.attributes(of: key, version: version("e", 100)) == nil)
  }

  @Test func forgets() {
    let cache = AttributeCache()
    cache.remember(key, version("e", 100), stored)
    cache.forget(key)
    #expect(cache.attributes(of: key, version: version("e", 100)) == nil)
  }

  @Test func isBoundedAndKeepsWhatIsUsed() {
    let cache = AttributeCache(capacity: 10)
    cache.remember(key, version("e", 1), stored)
    for number in 0..<100 {
      cache.remember(ObjectKey("other\(number)"), version("e", 1), stored)
      if number % 5 == 0 { #expect(cache.attributes(of: key, version: version("e", 1)) == stored) }
    }
    #expect(cache.attributes(of: ObjectKey("other0"), version: version("e", 1)) == nil)
  }
}
