// SPDX-License-Identifier: Apache-2.0

import S3Client
import TestSupport
import Testing

@Suite struct ListTests {
  @Test(arguments: StoreKind.allCases)
  func readsEveryPageOnce(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    try await fixture.other.putMany(prefix: "many/k", count: 2_345)
    let expected = (0..<2_345).map { number in
      let digits = "00000\(number)"
      return ObjectKey("many/k" + digits.suffix(6))
    }
    var keys: [ObjectKey] = []
    var token: String?
    repeat {
      let page = try await fixture.client.listObjects(prefix: "many/", continuationToken: token)
      #expect(
        page.objects.allSatisfy { $0.size == 1 && $0.lastModified > 1_700_000_000 && $0.etag.value.utf8.count == 32 })
      keys += page.objects.map(\.key)
      token = page.nextContinuationToken
    } while token != nil
    #expect(keys == expected)
    #expect(fixture.client.requestCounts == ["ListObjectsV2": 3])

    let after = try await fixture.client.listObjects(prefix: "many/", startAfter: "many/k002342")
    #expect(after.objects.map(\.key) == ["many/k002343", "many/k002344"])

    #expect(try await fixture.client.deleteObjects(expected) == [])
    #expect(fixture.client.requestCounts["DeleteObjects"] == 3)
    #expect(try await fixture.other.list() == [])
  }

  @Test(arguments: StoreKind.allCases)
  func groupsByDelimiter(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    for key in ["a b/1", "a b/2", "a b/c+d/3", "e", "ü/x"] { _ = try await fixture.put(key, "x") }
    let root = try await fixture.client.listObjects(prefix: "", delimiter: "/")
    #expect(root.commonPrefixes == ["a b/", "ü/"] && root.objects.map(\.key) == ["e"])
    let inner = try await fixture.client.listObjects(prefix: "a b/", delimiter: "/")
    #expect(inner.commonPrefixes == ["a b/c+d/"] && inner.objects.map(\.key) == ["a b/1", "a b/2"])
    #expect(try await fixture.client.listObjects(prefix: "nothing/", delimiter: "/") == ObjectListing())

    // One entry a page, prefixes and objects together.
    var entries: [String] = []
    var token: String?
    repeat {
      let page = try await fixture.client.listObjects(
        prefix: "", delimiter: "/", continuationToken: token, maximumKeys: 1)
      #expect(page.objects.count + page.commonPrefixes.count <= 1)
      entries += page.commonPrefixes + page.objects.map(\.key.string)
      token = page.nextContinuationToken
    } while token != nil
    #expect(entries == ["a b/", "e", "ü/"])
  }
}
