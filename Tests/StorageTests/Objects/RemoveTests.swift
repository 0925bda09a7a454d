// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import TestSupport
import Testing

@testable import Storage

@Suite struct RemoveTests {
  @Test(arguments: StoreKind.allCases)
  func remove(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for key in ["a b+ü.txt", "album/1.jpg", "other"] { try await fixture.other.put(key, "x") }
    #expect(try await fixture.storage.remove(path: "a b+ü.txt").path == "a b+ü.txt")
    // There is no such object: that is fine, and nothing under it goes.
    try await fixture.storage.remove(path: "album")
    try await fixture.storage.remove(path: "nothing")
    #expect(try await fixture.other.keys() == ["album/1.jpg", "other"])
    let error = await #expect(throws: StorageError.self) { try await fixture.storage.remove(path: "") }
    #expect(error?.name == "InvalidStorageOperationInput")
  }

  @Test(arguments: StoreKind.allCases)
  func removeOfAVersion(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("a", "x")
    let old = try #require(try await fixture.storage.getProperties(path: "a").eTag)
    try await fixture.other.put("a", "y")
    let new = try #require(try await fixture.storage.getProperties(path: "a").eTag)
    let error = await #expect(throws: StorageError.self) { try await fixture.storage.remove(path: "a", eTag: old) }
    #expect(error?.name == "PreconditionFailed")
    #expect(try await fixture.other.keys() == ["a"])
    try await fixture.storage.remove(path: "a", eTag: new)
    #expect(try await fixture.other.keys() == [])
  }

  /// The object of the name goes, and what lies under it stays. SeaweedFS cannot have both.
  @Test func removeOfAnObjectBesideAFolder() async throws {
    let fixture = try await StorageFixture(.ministack)
    for key in ["album", "album/1.jpg"] { try await fixture.other.put(key, "x") }
    try await fixture.storage.remove(path: "album")
    #expect(try await fixture.other.keys() == ["album/1.jpg"])
  }

  @Test(arguments: StoreKind.allCases)
  func removeAll(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.putMany(prefix: "album/photos/", count: 1_020)
    for key in ["album/photos2/1.jpg", "album/photo.jpg", "other"] { try await fixture.other.put(key, "x") }
    let recorder = Recorder<RemoveAllProgress>()
    let result = try await fixture.storage.removeAll(
      under: "album/photos/", options: RemoveAllOptions(onProgress: { recorder.note($0) }))
    #expect(result.path == "album/photos/" && result.removedCount == 1_020 && result.failed.isEmpty)
    #expect(recorder.values.map(\.removed.count) == [1_000, 20])
    #expect(Set(recorder.values.flatMap(\.removed)).count == 1_020)
    #expect(try await fixture.other.keys().sorted() == ["album/photo.jpg", "album/photos2/1.jpg", "other"])
    #expect(try await fixture.storage.removeAll(under: "album/photos/").removedCount == 0)
  }

  @Test(arguments: StoreKind.allCases)
  func removeAllOfAPrefix(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for key in ["album/photos/1.jpg", "album/photos2/1.jpg", "album/p.jpg"] { try await fixture.other.put(key, "x") }
    let error = await #expect(throws: StorageError.self) { try await fixture.storage.removeAll(under: "album/photos") }
    #expect(error?.name == "InvalidRemovePath")
    let result = try await fixture.storage.removeAll(under: "album/photos", options: RemoveAllOptions(match: .prefix))
    #expect(result.removedCount == 2)
    #expect(try await fixture.other.keys() == ["album/p.jpg"])
  }

  @Test(arguments: ["", "/", "*", " "])
  func removeAllRefusesTheRoot(path: String) async throws {
    for match in [RemoveAllOptions.Match.folder, .prefix] {
      for form in [StoragePath.path(path), .identity { _ in path }] {
        var configuration = StorageConfiguration.example
        configuration.identityID = { "me" }
        let storage = Storage(configuration)
        let error = await #expect(throws: StorageError.self) {
          try await storage.removeAll(under: form, options: RemoveAllOptions(match: match))
        }
        #expect(["InvalidRemovePath", "InvalidStoragePathInput", "InvalidStorageOperationInput"].contains(error?.name))
        if case .path = form { #expect(error?.name == "InvalidRemovePath") }
      }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func bucketAndExpectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    for key in ["a", "b/1"] { try await fixture.other.put(key, "x", in: second) }
    let there = StorageBucket.bucket(name: second, region: "us-east-1")
    try await fixture.storage.remove(
      path: "a", options: StorageOptions(bucket: there, expectedBucketOwner: "123456789012"))
    try await fixture.storage.removeAll(
      under: "b/", options: RemoveAllOptions(bucket: there, expectedBucketOwner: "123456789012"))
    #expect(try await fixture.other.keys(in: second).isEmpty)
    #expect(fixture.transport.requests.count == 3)
    for request in fixture.transport.requests {
      #expect(request.headers["x-amz-expected-bucket-owner"] == "123456789012")
    }
  }
}

/// What a store says of single objects, which no server here does.
@Suite struct RemoveFailureTests {
  @Test func removeAllTellsWhatWasNotRemoved() async throws {
    let transport = StubTransport { request in
      let list = """
        <ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a/1</Key><Size>1</Size></Contents>\
        <Contents><Key>a/2</Key><Size>1</Size></Contents></ListBucketResult>
        """
      let result = """
        <DeleteResult><Error><Key>a/2</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>
        """
      return HTTPResponse(status: 200, body: Array((request.method == .get ? list : result).utf8))
    }
    let recorder = Recorder<RemoveAllProgress>()
    let result = try await Storage(.example, transport: transport).removeAll(
      under: "a/", options: RemoveAllOptions(onProgress: { recorder.note($0) }))
    let failure = RemoveFailure(path: "a/2", code: "AccessDenied", message: "Access Denied")
    #expect(result.removedCount == 1 && result.failed == [failure])
    #expect(recorder.values == [RemoveAllProgress(removed: ["a/1"], failed: [failure])])
  }
}
