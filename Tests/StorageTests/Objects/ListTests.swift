// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Storage
import TestSupport
import Testing

@Suite struct ListTests {
  private func put(_ fixture: StorageFixture, _ keys: String...) async throws {
    for key in keys { try await fixture.other.put(key, key) }
  }

  @Test(arguments: StoreKind.allCases)
  func list(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await put(fixture, "album/photos/1.jpg", "album/photos/a b+ü&%41.jpg", "album/photos2/1.jpg", "other")
    let page = try await fixture.storage.list(path: "album/photos/")
    #expect(page.items.map(\.path).sorted() == ["album/photos/1.jpg", "album/photos/a b+ü&%41.jpg"])
    #expect(page.nextToken == nil && page.excludedSubpaths.isEmpty)
    let item = try #require(page.items.first { $0.path == "album/photos/1.jpg" })
    let head = try #require(try await fixture.other.head(item.path))
    #expect(item.size == 18 && item.eTag == head.eTag)
    #expect(item.lastModified.map { abs($0.timeIntervalSince1970 - head.lastModified) <= 1 } == true)
    // A prefix is no folder.
    #expect(try await fixture.storage.list(path: "album/photos").items.count == 3)
    #expect(try await fixture.storage.list(path: "").items.count == 4)
    #expect(try await fixture.storage.list(path: "nothing/").items.isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func pageSizeAndNextToken(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.putMany(prefix: "p/", count: 7)
    var options = ListOptions(pageSize: 3)
    var sizes: [Int] = []
    var paths: [String] = []
    repeat {
      let page = try await fixture.storage.list(path: "p/", options: options)
      sizes.append(page.items.count)
      paths += page.items.map(\.path)
      options.nextToken = page.nextToken
    } while options.nextToken != nil
    #expect(sizes == [3, 3, 1])
    #expect(paths == (0..<7).map { "p/00000\($0)" })
  }

  @Test(arguments: StoreKind.allCases)
  func listPages(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.putMany(prefix: "p/", count: 7)
    var sizes: [Int] = []
    for try await page in fixture.storage.listPages(path: "p/", options: ListOptions(pageSize: 5)) {
      sizes.append(page.items.count)
    }
    #expect(sizes == [5, 2])
    await #expect(throws: StorageError.self) { for try await _ in fixture.storage.listPages(path: "/") {} }
  }

  @Test(arguments: StoreKind.allCases)
  func listAll(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.putMany(prefix: "p/", count: 1_050)
    let all = try await fixture.storage.listAll(path: "p/")
    #expect(all.items.count == 1_050 && all.nextToken == nil)
    #expect(Set(all.items.map(\.path)).count == 1_050)
    #expect(fixture.transport.requests.count == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func subpathStrategy(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await put(fixture, "a/1.jpg", "a/b/2.jpg", "a/b/3.jpg", "a/c/d/4.jpg")
    let include = try await fixture.storage.list(path: "a/", options: ListOptions(subpathStrategy: .include))
    #expect(include.items.count == 4 && include.excludedSubpaths.isEmpty)
    let exclude = try await fixture.storage.list(path: "a/", options: ListOptions(subpathStrategy: .exclude()))
    #expect(exclude.items.map(\.path) == ["a/1.jpg"])
    #expect(exclude.excludedSubpaths.sorted() == ["a/b/", "a/c/"])
    let all = try await fixture.storage.listAll(
      path: "a/", options: ListOptions(subpathStrategy: .exclude(delimiter: "/")))
    #expect(all.items == exclude.items && all.excludedSubpaths == exclude.excludedSubpaths)
  }

  @Test(arguments: StoreKind.allCases)
  func bucketAndExpectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    try await fixture.other.put("k", "abc", in: second)
    let options = ListOptions(bucket: .bucket(name: second, region: "us-east-1"), expectedBucketOwner: "123456789012")
    #expect(try await fixture.storage.list(path: "", options: options).items.map(\.path) == ["k"])
    #expect(fixture.transport.requests.map { $0.headers["x-amz-expected-bucket-owner"] } == ["123456789012"])
  }
}
