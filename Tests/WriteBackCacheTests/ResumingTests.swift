// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Uploads that another run goes on with, on a real server") struct ResumingTests {
  private let fixture: CacheFixture
  private let content = Noise.bytes(21 << 20, seed: 11)

  init() throws { fixture = try CacheFixture() }

  /// A run that ends when the store has three of five parts.
  private func begin() throws {
    let cache = try fixture.cache { $0.concurrency = 1 }
    let file = try cache.makeFile(
      key: ObjectKey("large"), base: nil, properties: ObjectProperties(contentType: "text/x"))
    fixture.transport.set { $0.kind == "PUT part" && $0.ordinal > 3 ? .refuse : .none }
    _ = try content.withUnsafeBytes { try file.write($0, at: 0) }
    #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
    cache.close()
  }

  private func end(_ change: (CacheFile) throws -> Void = { _ in }) throws {
    let cache = try fixture.cache()
    let file = try #require(cache.recovered.first)
    try change(file)
    cache.start(observer: Deaf())
    #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
  }

  /// SEMANTICS: next-mount
  @Test func finishedPartsAreNotSentAgain() async throws {
    try await BlockingWork.run { [self] in
      try begin()
      fixture.transport.set { _ in .none }
      try end()
      #expect(fixture.transport.bytes("PUT part") == 6 << 20 && fixture.transport.count("POST uploads") == 0)
      #expect(fixture.client.requestCounts["CopyObject"] == nil)
      #expect(try fixture.other.get(fixture.bucket, "large") == content)
      #expect(try fixture.other.head(fixture.bucket, "large")?.contentType == "text/x")
      #expect(try fixture.other.uploads(fixture.bucket).isEmpty)
    }
  }

  @Test func aPartThatWasChangedIsSentAgain() async throws {
    try await BlockingWork.run { [self] in
      try begin()
      fixture.transport.set { _ in .none }
      let change = [UInt8](repeating: 1, count: 10)
      try end { file in _ = try change.withUnsafeBytes { try file.write($0, at: 6 << 20) } }
      #expect(fixture.transport.bytes("PUT part") == 11 << 20 && fixture.transport.count("POST uploads") == 0)
      var expected = content
      expected.replaceSubrange(6 << 20..<(6 << 20) + 10, with: change)
      #expect(try fixture.other.get(fixture.bucket, "large") == expected)
    }
  }

  @Test func withoutTheUploadANewOneBegins() async throws {
    try await BlockingWork.run { [self] in
      try begin()
      fixture.transport.set {
        $0.kind == "GET upload" ? .answer(404, body: FaultyTransport.error("NoSuchUpload")) : .none
      }
      try end()
      #expect(fixture.transport.bytes("PUT part") == 21 << 20 && fixture.transport.count("POST uploads") == 1)
      #expect(try fixture.other.get(fixture.bucket, "large") == content)
    }
  }

  @Test func underAnotherNameANewOneBegins() async throws {
    try await BlockingWork.run { [self] in
      try begin()
      fixture.transport.set { _ in .none }
      try end { try $0.move(to: ObjectKey("renamed"), .version(nil)) }
      #expect(fixture.transport.bytes("PUT part") == 21 << 20)
      #expect(try fixture.other.get(fixture.bucket, "renamed") == content)
      #expect(try fixture.other.uploads(fixture.bucket).isEmpty)
    }
  }
}
