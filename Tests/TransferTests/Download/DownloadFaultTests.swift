// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import S3Client
import TestSupport
import Testing
import Transfer

/// Every fault either ends well or with its name; never in a wrong file.
@Suite("Downloads from a store that misbehaves") struct DownloadFaultTests {
  /// Five ranges.
  private static let bytes = Noise.bytes((4 << 16) + 1_000)

  private func content(_ store: ScriptedStore) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: store.path)))
  }

  private func names(_ store: ScriptedStore) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: store.directory.path).sorted()
  }

  private static let faults: [(String, ScriptedStore.Fault)] = [
    ("dropped before the answer", { number, _ in number == 2 ? .hangUp : nil }),
    ("reset in the body", { number, answer in number == 3 ? answer.cut(after: 10_000, then: .reset) : nil }),
    ("cut short", { number, answer in number == 5 ? answer.cut(after: 999, then: .close) : nil }),
    (
      "503", { number, _ in number == 1 ? .answer(503, body: Array("<Error><Code>SlowDown</Code></Error>".utf8)) : nil }
    ),
    ("500 twice", { number, _ in number == 2 || number == 3 ? .answer(500) : nil }),
    ("stalled in the body", { number, answer in number == 4 ? answer.cut(after: 20_000, then: .stall) : nil }),
    ("stalled at once", { number, _ in number == 4 ? .silence : nil }),
  ]

  @Test(arguments: faults.map(\.0), [1, 4])
  func oneFaultIsSurvived(name: String, concurrency: Int) async throws {
    let fault = try #require(Self.faults.first { $0.0 == name }).1
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes), fault: fault)
    store.transport.set { (request, next) async throws(TransportError) in
      var request = request
      // Short, and yet more than a busy machine takes to answer.
      if name.hasPrefix("stalled"), request.method == .get { request.stallTimeout = 3 }
      return try await next.perform(request)
    }
    let log = ProgressLog()
    var configuration = ObjectDownload.Configuration(key: "k")
    (configuration.rangeSize, configuration.concurrency) = (64 << 10, concurrency)
    let download = ObjectDownload(
      client: store.client, destination: .file(path: store.path), configuration: configuration, onProgress: log.note)
    let downloaded = try await download.run().get()
    #expect(downloaded.isVerified)
    #expect(try content(store) == Self.bytes && names(store) == ["file"])
    #expect(store.gets == (name == "500 twice" ? 7 : 6))
    #expect(log.isMonotonic && log.all.last?.transferred == Int64(Self.bytes.count))
  }

  @Test(arguments: [1, 4])
  func aLastingFaultKeepsThePartialFile(concurrency: Int) async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes))
    store.set { number, answer in
      answer.headers.contains { $0.1.hasPrefix("bytes 131072-") } ? answer.cut(after: 30_000, then: .reset) : nil
    }
    let failure = await store.download(concurrency: concurrency).run().failure
    #expect(failure?.storeError?.transport?.kind == .connectionLost)
    #expect(try names(store) == ["file.pail-part", "file.pail-part.journal"])
    store.set { _, _ in nil }
    store.transport.reset()
    _ = try await store.download().run().get()
    #expect(try content(store) == Self.bytes && names(store) == ["file"])
    // Two ranges at least were there.
    #expect(store.transport.receivedBytes <= Self.bytes.count - 2 << 16)
  }

  @Test(arguments: [1, 4])
  func aRefusalKeepsThePartialFile(concurrency: Int) async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes)) { number, _ in
      number == 3 ? .answer(403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8)) : nil
    }
    let failure = await store.download(concurrency: concurrency).run().failure
    #expect(failure?.storeError?.code == "AccessDenied")
    #expect(try names(store).count == 2)
  }

  @Test(arguments: [true, false], [1, 4])
  func anObjectThatIsReplacedBetweenRangesIsNotMixed(regardsIfMatch: Bool, concurrency: Int) async throws {
    var object = ScriptedStore.Object(Self.bytes)
    object.regardsIfMatch = regardsIfMatch
    let store = try ScriptedStore(object)
    var other = ScriptedStore.Object(Noise.bytes(Self.bytes.count, seed: 2), etag: "two")
    other.regardsIfMatch = regardsIfMatch
    let replacement = other
    store.set { [weak store] number, answer in
      if number == 3 { store?.set(replacement) }
      return nil
    }
    let failure = await store.download(concurrency: concurrency).run().failure
    #expect(failure?.name == "changed")
    #expect(try names(store) == [])
  }

  @Test func anObjectThatShrinksHasChanged() async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes))
    var other = ScriptedStore.Object([1], etag: "two")
    other.regardsIfMatch = false
    let replacement = other
    store.set { [weak store] number, answer in
      if number == 3 { store?.set(replacement) }
      return nil
    }
    #expect(await store.download().run().failure?.name == "changed")
    #expect(try names(store) == [])
  }

  @Test func anObjectThatVanishesIsMissing() async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes)) { number, _ in
      number < 3 ? nil : .answer(404, body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8))
    }
    #expect(await store.download().run().failure?.storeError?.code == "NoSuchKey")
    #expect(try names(store) == [])
  }

  @Test(arguments: [true, false])
  func aWrongChecksumInTheHeadFails(toMemory: Bool) async throws {
    var object = ScriptedStore.Object(Self.bytes)
    object.crc32 = 1
    let store = try ScriptedStore(object)
    try Data("old".utf8).write(to: URL(fileURLWithPath: store.path))
    let failure = await store.download(
      concurrency: 4, to: toMemory ? .memory(limit: 1 << 20) : .file(path: store.path)
    ).run().failure
    #expect(failure?.name == "checksumMismatch")
    #expect(try content(store) == Array("old".utf8) && names(store) == ["file"])
  }

  @Test func damagedBytesFail() async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes)) { number, answer in
      guard number == 4 else { return nil }
      var body = answer.body
      body[1_234] ^= 0x10
      return answer.with(body)
    }
    #expect(await store.download().run().failure?.name == "checksumMismatch")
    #expect(try names(store) == [])
    // The next one begins anew, and is right.
    _ = try await store.download().run().get()
    #expect(try content(store) == Self.bytes)
  }

  @Test func anObjectWithoutChecksumIsNotVerified() async throws {
    var object = ScriptedStore.Object(Self.bytes)
    object.crc32 = nil
    let store = try ScriptedStore(object)
    let downloaded = try await store.download().run().get()
    #expect(!downloaded.isVerified)
    #expect(try content(store) == Self.bytes)
  }

  @Test func anObjectWithoutTagIsRefused() async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes, etag: ""))
    let failure = await store.download().run().failure
    #expect(failure?.storeError?.code == "InvalidResponse")
    #expect(try names(store) == [] && store.gets == 0)
  }

  @Test func otherBytesThanAskedForAreRefused() async throws {
    let store = try ScriptedStore(ScriptedStore.Object(Self.bytes)) { number, answer in
      number == 2 ? .answer(200, headers: [answer.headers[0]], body: Self.bytes) : nil
    }
    let failure = await store.download().run().failure
    #expect(failure?.storeError != nil)
    #expect(FileManager.default.fileExists(atPath: store.path) == false)
  }
}
