// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import S3Client
import TestSupport
import Testing
import Transfer

@testable import Storage

extension StorageFixture {
  fileprivate func client(_ bucket: String) async throws -> S3Client {
    try await storage.connections.connection(to: .bucket(name: bucket, region: "us-east-1")).client
  }
}

@Suite struct CopyTests {
  private static let region = "us-east-1"

  @Test(arguments: StoreKind.allCases)
  func copy(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("a b+ü.txt", Array("hello".utf8), contentType: "text/x", metadata: ["title": "x"])
    let result = try await fixture.storage.copy(source: "a b+ü.txt", destination: "copies/ü?.txt")
    let head = try #require(try await fixture.other.head("copies/ü?.txt"))
    #expect(result.path == "copies/ü?.txt" && result.size == 5 && result.eTag == head.eTag)
    #expect(head.contentType == "text/x" && head.metadata == ["title": "x"])
    #expect(try await fixture.other.get("copies/ü?.txt") == Array("hello".utf8))
    #expect(try await fixture.other.get("a b+ü.txt") == Array("hello".utf8))
  }

  @Test(arguments: StoreKind.allCases)
  func betweenBuckets(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    try await fixture.other.put("k", Array("hello".utf8), contentType: "text/x", metadata: ["title": "x"])
    // Another object of that name on the other side must not be looked at.
    try await fixture.other.put("k", "something longer", in: second)
    let there = StorageBucket.bucket(name: second, region: Self.region)
    let here = StorageBucket.bucket(name: fixture.bucket, region: Self.region)
    let result = try await fixture.storage.copy(
      source: CopySourceItem(path: "k", bucket: here), destination: CopyDestination(path: "new", bucket: there))
    #expect(result.size == 5)
    let head = try #require(try await fixture.other.head("new", in: second))
    #expect(head.contentType == "text/x" && head.metadata == ["title": "x"])
    #expect(try await fixture.other.get("new", in: second) == Array("hello".utf8))
    #expect(try await fixture.other.keys() == ["k"])
    // The same path in another bucket is another object.
    try await fixture.storage.copy(
      source: CopySourceItem(path: "k", bucket: here), destination: CopyDestination(path: "k", bucket: there))
    #expect(try await fixture.other.get("k", in: second) == Array("hello".utf8))
  }

  /// As one above 5 GiB is, with a smaller limit.
  /// SEMANTICS: rename-file
  @Test(arguments: StoreKind.allCases)
  func ofManyParts(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    let bytes = Noise.bytes(17 << 20)
    try await fixture.other.put("k", Array("something else".utf8), contentType: "text/wrong", in: second)
    let source = try await fixture.storage.uploadData(
      path: "k", data: .bytes(bytes), options: UploadOptions(contentType: "text/x", metadata: ["title": "x"])
    ).result
    var copy = ObjectCopy(client: try await fixture.client(second))
    copy.sourceClient = try await fixture.client(fixture.bucket)
    copy.singleLimit = 1 << 20
    copy.partSize = 5 << 20
    let key = ObjectKey("k")
    _ = try await copy.copy(
      CopySource(bucket: fixture.bucket, key: key, ifMatch: source.eTag.map { ETag($0) }), size: source.size,
      to: ObjectKey("new"), properties: nil)
    let head = try #require(try await fixture.other.head("new", in: second))
    #expect(head.contentType == "text/x" && head.metadata == ["title": "x"] && head.eTag.hasSuffix("-4\""))
    #expect(try await fixture.other.get("new", in: second) == bytes)
  }

  @Test(arguments: StoreKind.allCases)
  func bucketOfBothOrOfNeither(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let here = StorageBucket.bucket(name: fixture.bucket, region: Self.region)
    for (source, destination) in [(here, nil), (nil, here)] as [(StorageBucket?, StorageBucket?)] {
      let error = await #expect(throws: StorageError.self) {
        try await fixture.storage.copy(
          source: CopySourceItem(path: "k", bucket: source),
          destination: CopyDestination(path: "l", bucket: destination))
      }
      #expect(error?.name == "InvalidCopyOperationStorageBucket")
    }
  }

  @Test(
    arguments: [
      ("", "b", "NoSourcePath"), ("a", "", "NoDestinationPath"), ("a", "a", "SameSourceAndDestination"),
      ("/a", "b", "InvalidStoragePathInput"), ("a", "/b", "InvalidStoragePathInput"),
    ] as [(String, String, String)])
  func wrongPathsAreNamed(source: String, destination: String, name: String) async {
    let storage = Storage(.example)
    for isMove in [false, true] {
      let error = await #expect(throws: StorageError.self) {
        let (from, to) = (CopySourceItem(path: .path(source)), CopyDestination(path: .path(destination)))
        if isMove {
          try await storage.move(source: from, destination: to)
        } else {
          try await storage.copy(source: from, destination: to)
        }
      }
      #expect(error?.name == name)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func eTagAndNotModifiedSince(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "hello")
    let eTag = try #require(try await fixture.storage.getProperties(path: "k").eTag)
    func copy(_ eTag: String?, _ time: Date?) async throws -> CopyResult {
      try await fixture.storage.copy(
        source: CopySourceItem(path: "k", eTag: eTag, notModifiedSince: time), destination: "l")
    }
    for (eTag, time) in [("\"0\"", nil), (nil, Date(timeIntervalSinceNow: -3_600))] as [(String?, Date?)] {
      let error = await #expect(throws: StorageError.self) { try await copy(eTag, time) }
      #expect(error?.name == "PreconditionFailed" && error?.isPreconditionFailure == true)
    }
    #expect(try await fixture.other.keys() == ["k"])
    _ = try await copy(eTag, Date(timeIntervalSinceNow: 60))
    _ = try await copy(eTag.filter { $0 != "\"" }, nil)
    #expect(try await fixture.other.get("l") == Array("hello".utf8))
  }

  @Test(arguments: StoreKind.allCases)
  func preventOverwrite(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "new")
    try await fixture.other.put("l", "old")
    let options = CopyOptions(preventOverwrite: true)
    for isMove in [false, true] {
      let error = await #expect(throws: StorageError.self) {
        if isMove {
          try await fixture.storage.move(source: "k", destination: "l", options: options)
        } else {
          try await fixture.storage.copy(source: "k", destination: "l", options: options)
        }
      }
      #expect(error?.name == "PreconditionFailed")
    }
    #expect(try await fixture.other.get("l") == Array("old".utf8))
    try await fixture.storage.copy(source: "k", destination: "m", options: options)
    #expect(try await fixture.other.keys() == ["k", "l", "m"])
  }

  @Test(arguments: StoreKind.allCases)
  func notFound(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.copy(source: "k", destination: "l")
    }
    #expect(error?.isNotFound == true && error?.path == "k")
  }

  @Test(arguments: StoreKind.allCases)
  func expectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    try await fixture.other.put("k", "hello")
    try await fixture.storage.copy(
      source: CopySourceItem(
        path: "k", bucket: .bucket(name: fixture.bucket, region: Self.region), expectedBucketOwner: "111111111111"),
      destination: CopyDestination(
        path: "k", bucket: .bucket(name: second, region: Self.region), expectedBucketOwner: "222222222222"))
    let requests = fixture.transport.requests
    #expect(requests.map { $0.headers["x-amz-expected-bucket-owner"] } == ["111111111111", "222222222222"])
    #expect(requests.last?.headers["x-amz-source-expected-bucket-owner"] == "111111111111")
  }

  @Test(arguments: StoreKind.allCases)
  func move(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", Array("hello".utf8), contentType: "text/x")
    let result = try await fixture.storage.move(source: "k", destination: "l")
    #expect(result.path == "l")
    #expect(try await fixture.other.keys() == ["l"])
    #expect(try await fixture.other.head("l")?.contentType == "text/x")
  }

  /// What somebody else wrote meanwhile is not removed.
  @Test(arguments: StoreKind.allCases)
  func moveOfWhatChangesIsSourceChanged(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "old")
    fixture.transport.allow { $0.method != .delete }
    async let moved = fixture.storage.move(source: "k", destination: "l")
    // Whatever happens: the test waits for the move at its end.
    defer { fixture.transport.allow { _ in true } }
    try await eventually("the source is to be removed") { fixture.transport.requests.last?.method == .delete }
    try await fixture.other.put("k", "new")
    fixture.transport.allow { _ in true }
    do {
      _ = try await moved
      Issue.record("the move should have failed")
    } catch {
      #expect((error as? StorageError)?.name == "SourceChanged")
    }
    #expect(try await fixture.other.get("k") == Array("new".utf8))
    #expect(try await fixture.other.get("l") == Array("old".utf8))
  }
}
