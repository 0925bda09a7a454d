// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import SigV4
import Storage
import TestSupport
import Testing

/// What can be uploaded, below and above the size of one request. Checked with boto3.
@Suite struct UploadSourceTests {
  private static let large = Noise.bytes(12 << 20)

  private func check(_ fixture: StorageFixture, _ key: String, _ bytes: [UInt8], _ result: UploadResult) async throws {
    #expect(result.path == key && result.size == Int64(bytes.count))
    let head = try #require(try await fixture.other.head(key, hashing: true))
    #expect(head.eTag == result.eTag && head.contentLength == result.size && head.sha256 == SHA256.hex(of: bytes))
  }

  @Test(arguments: StoreKind.allCases)
  func file(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let directory = try TemporaryDirectory("storage")
    for (name, bytes) in [("empty", []), ("small", Noise.bytes(1_000)), ("large", Self.large)] {
      let path = directory.path(name)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let key = "photos/\(name)"
      try await check(
        fixture, key, bytes,
        await fixture.storage.uploadData(path: .path(key), data: .file(path: path)).result)
      try await check(
        fixture, key + "-url", bytes,
        await fixture.storage.uploadData(path: "\(key)-url", data: .file(URL(fileURLWithPath: path))).result)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func bytes(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for bytes in [[], Noise.bytes(1_000), Noise.bytes(5 << 20), Noise.bytes(5 << 20 + 1), Self.large] {
      try await check(
        fixture, "b\(bytes.count)", bytes,
        await fixture.storage.uploadData(path: "b\(bytes.count)", data: .bytes(bytes)).result)
    }
    // Exactly the part size is one request; one byte more is two parts.
    #expect(fixture.transport.parts.sorted() == [1, 1, 2, 2, 3])
    try await check(
      fixture, "data", Self.large, await fixture.storage.uploadData(path: "data", data: .data(Data(Self.large))).result)
  }

  @Test(arguments: StoreKind.allCases)
  func string(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await check(
      fixture, "s", Array("Grüße".utf8), await fixture.storage.uploadData(path: "s", data: .string("Grüße")).result)
    try await check(
      fixture, "t", Array("literal".utf8), await fixture.storage.uploadData(path: "t", data: "literal").result)
  }

  @Test(arguments: StoreKind.allCases)
  func stream(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for bytes in [[], Noise.bytes(1_000), Noise.bytes(5 << 20), Self.large] {
      let chunks = AsyncStream<ArraySlice<UInt8>> { continuation in
        for start in stride(from: 0, to: bytes.count, by: 700_001) {
          continuation.yield(bytes[start..<min(start + 700_001, bytes.count)])
        }
        continuation.finish()
      }
      let task = fixture.storage.uploadData(path: "c\(bytes.count)", data: .stream(chunks))
      try await check(fixture, "c\(bytes.count)", bytes, await task.result)
    }
  }

  /// - Parameter path: the last one is no path of a file.
  @Test(arguments: ["/does/not/exist", "/", "/dev/null"])
  func whatCannotBeReadIsAnInvalidUploadSource(path: String) async throws {
    let fixture = try await StorageFixture(.ministack)
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.uploadData(path: "k", data: .file(path: path)).result
    }
    #expect(error?.name == "InvalidUploadSource" && error?.message.contains(path) == true)
    #expect(fixture.transport.requests.isEmpty)
  }

  @Test func aURLOfTheWebIsAnInvalidUploadSource() async throws {
    let fixture = try await StorageFixture(.ministack)
    let url = try #require(URL(string: "https://example.com/a.jpg"))
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.uploadData(path: "k", data: .file(url)).result
    }
    #expect(error?.name == "InvalidUploadSource")
  }

  @Test func aSequenceThatFailsIsAnInvalidUploadSource() async throws {
    struct Broken: Error {}
    let fixture = try await StorageFixture(.ministack)
    let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
      continuation.yield(Noise.bytes(6 << 20))
      continuation.yield(Noise.bytes(6 << 20))
      continuation.finish(throwing: Broken())
    }
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.uploadData(path: "k", data: .stream(chunks)).result
    }
    #expect(error?.name == "InvalidUploadSource" && error?.message.contains("Broken") == true)
    #expect(try await fixture.other.uploads().isEmpty)
    #expect(try await fixture.other.keys().isEmpty)
  }

  /// A file that is written while it is sent makes no object.
  @Test(arguments: StoreKind.allCases)
  func aFileThatChangesIsSourceChanged(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let directory = try TemporaryDirectory("storage")
    let path = directory.path("file")
    try Data(Self.large).write(to: URL(fileURLWithPath: path))
    fixture.transport.allow { $0.partNumber != 2 }
    let task = fixture.storage.uploadData(path: "k", data: .file(path: path), options: UploadOptions(concurrency: 1))
    try await eventually("part 2 is on its way") { fixture.transport.parts.contains(2) }
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.write(contentsOf: Data([1, 2, 3]))
    try file.close()
    fixture.transport.allow { _ in true }
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.name == "SourceChanged")
    #expect(try await fixture.other.keys().isEmpty)
    #expect(try await fixture.other.uploads().isEmpty)
  }
}
