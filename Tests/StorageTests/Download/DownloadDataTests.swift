// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Storage
import TestSupport
import Testing

/// Downloads of what boto3 has put there.
@Suite struct DownloadDataTests {
  private static let large = Noise.bytes(20 << 20)

  @Test(arguments: StoreKind.allCases)
  func result(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("a.txt", Array("Grüße".utf8), contentType: "text/x", metadata: ["title": "%C3%84 b"])
    let head = try #require(try await fixture.other.head("a.txt"))
    let task = fixture.storage.downloadData(path: "a.txt")
    let result = try await task.result
    #expect(result.path == "a.txt" && result.size == 7 && result.contentType == "text/x")
    #expect(result.eTag == head.eTag && result.versionID == head.versionID)
    #expect(result.lastModified == Date(timeIntervalSince1970: head.lastModified))
    #expect(result.metadata == ["title": "Ä b"])
    #expect(result.bytes == Array("Grüße".utf8) && result.string == "Grüße" && result.data == Data("Grüße".utf8))
    #expect(task.state == .success)
  }

  @Test(arguments: StoreKind.allCases)
  func toMemory(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for bytes in [[], Noise.bytes(1), Self.large] {
      try await fixture.other.put("k", bytes)
      let result = try await fixture.storage.downloadData(path: "k").result
      #expect(result.bytes == bytes && result.size == Int64(bytes.count))
    }
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.downloadData(path: "k", to: .memory(limit: 1 << 20)).result
    }
    #expect(error?.name == "DownloadIsTooLarge")
  }

  @Test(arguments: StoreKind.allCases)
  func toFile(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let directory = try TemporaryDirectory("storage")
    let path = directory.path("file")
    for bytes in [Self.large, [], Noise.bytes(1)] {
      try await fixture.other.put("k", bytes)
      let result = try await fixture.storage.downloadData(path: "k", to: .file(path: path)).result
      #expect(result.size == Int64(bytes.count) && result.bytes == nil && result.string == nil)
      #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == bytes)
    }
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.downloadData(path: "k", to: .file(path: path, overwrites: false)).result
    }
    #expect(error?.name == "FileExists")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["file"])
  }

  @Test(arguments: StoreKind.allCases)
  func isVerified(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    _ = try await fixture.storage.uploadData(
      path: "k", data: "hello", options: UploadOptions(checksumAlgorithm: .crc32)
    ).result
    #expect(try await fixture.storage.downloadData(path: "k").result.isVerified)
    // A range has no checksum of its own.
    let range = DownloadOptions(bytesRange: 1...2)
    #expect(try await fixture.storage.downloadData(path: "k", options: range).result.isVerified == false)
  }

  @Test func whatCannotBeWrittenIsAnInvalidDownloadDestination() async throws {
    let fixture = try await StorageFixture(.ministack)
    try await fixture.other.put("k", "x")
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.downloadData(path: "k", to: .file(path: "/does/not/exist")).result
    }
    #expect(error?.name == "InvalidDownloadDestination")
  }

  @Test(arguments: StoreKind.allCases)
  func notFound(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let task = fixture.storage.downloadData(path: "k")
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isNotFound == true && error?.path == "k")
    #expect(task.state == .error)
  }

  @Test(arguments: StoreKind.allCases)
  func bytesRange(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "0123456789")
    for (range, text) in [(0...0, "0"), (2...4, "234"), (8...100, "89"), (0...9, "0123456789")]
      as [(ClosedRange<Int64>, String)]
    {
      let result = try await fixture.storage.downloadData(path: "k", options: DownloadOptions(bytesRange: range)).result
      #expect(result.string == text && result.size == Int64(text.count))
    }
    for range in [(-1)...2, 0...Int64.max] as [ClosedRange<Int64>] {
      let error = await #expect(throws: StorageError.self) {
        try await fixture.storage.downloadData(path: "k", options: DownloadOptions(bytesRange: range)).result
      }
      #expect(error?.name == "InvalidBytesRange")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func bucketAndExpectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    try await fixture.other.put("k", "x", in: second)
    let options = DownloadOptions(
      bucket: .bucket(name: second, region: "us-east-1"), expectedBucketOwner: "123456789012")
    #expect(try await fixture.storage.downloadData(path: "k", options: options).result.string == "x")
    #expect(!fixture.transport.requests.isEmpty)
    for request in fixture.transport.requests {
      #expect(request.headers["x-amz-expected-bucket-owner"] == "123456789012")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func onProgressAndProgress(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", Self.large)
    let recorder = Recorder<TransferProgress>()
    let task = fixture.storage.downloadData(path: "k", options: DownloadOptions(onProgress: { recorder.note($0) }))
    var seen: [TransferProgress] = []
    for await progress in task.progress { seen.append(progress) }
    _ = try await task.result
    let total = Int64(Self.large.count)
    for values in [seen, recorder.values] {
      #expect(values.last == TransferProgress(transferredBytes: total, totalBytes: total))
      #expect(zip(values, values.dropFirst()).allSatisfy { $0.transferredBytes <= $1.transferredBytes })
    }
  }

  @Test(arguments: StoreKind.allCases)
  func pauseAndResume(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", Self.large)
    // The first range that comes is held.
    fixture.transport.allow { $0.method != .get }
    let task = fixture.storage.downloadData(path: "k", options: DownloadOptions(partSize: 1 << 20, concurrency: 1))
    try await eventually("the first range is on its way") {
      fixture.transport.active == 1 && fixture.transport.requests.last?.method == .get
    }
    task.pause()
    #expect(task.state == .paused)
    fixture.transport.allow { _ in true }
    try await eventually("nothing is under way any more") { fixture.transport.active == 0 }
    let count = fixture.transport.requests.count
    #expect(count <= 2)
    task.resume()
    #expect(try await task.result.bytes == Self.large)
    #expect(fixture.transport.requests.count > count)
  }

  @Test(arguments: StoreKind.allCases)
  func cancel(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let directory = try TemporaryDirectory("storage")
    try await fixture.other.put("k", Self.large)
    fixture.transport.allow { $0.method != .get }
    let task = fixture.storage.downloadData(path: "k", to: .file(path: directory.path("file")))
    try await eventually("a range is on its way") {
      fixture.transport.active >= 1 && fixture.transport.requests.last?.method == .get
    }
    task.cancel()
    #expect(task.state == .canceled)
    fixture.transport.allow { _ in true }
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isCancelError == true && error?.message == "Download is canceled by user")
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func cancelKeepingParts(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let directory = try TemporaryDirectory("storage")
    let path = directory.path("file")
    try await fixture.other.put("k", Self.large)
    let options = DownloadOptions(partSize: 4 << 20, concurrency: 1)
    let recorder = Recorder<Int>()
    fixture.transport.allow { request in
      guard request.method == .get else { return true }
      recorder.note(1)
      return recorder.values.count <= 3
    }
    let task = fixture.storage.downloadData(path: "k", to: .file(path: path), options: options)
    try await eventually("the fourth progress is told") { recorder.values.count == 4 }
    task.cancel(keepingParts: true)
    fixture.transport.allow { _ in true }
    await #expect(throws: StorageError.self) { try await task.result }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty == false)

    let next = fixture.another()
    let result = try await next.storage.downloadData(path: "k", to: .file(path: path), options: options).result
    #expect(result.size == Int64(Self.large.count))
    // Three of the five ranges were there.
    #expect(next.transport.requests.filter { $0.method == .get }.count <= 3)
    #expect([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) == Self.large)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["file"])
  }
}
