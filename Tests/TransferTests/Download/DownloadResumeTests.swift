// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import S3Client
import TestSupport
import Testing
import Transfer

extension RealStoreTests {
  @Suite("Resumed downloads") struct DownloadResumeTests {}
}

extension RealStoreTests.DownloadResumeTests {
  private static let bytes = Noise.bytes((24 << 20) + 77)

  /// What a process that is killed leaves: the two files as they were at that moment. The journal is copied first, since it
  /// is written last.
  private func snapshot(of path: String, as copy: String) throws {
    for suffix in [".pail-part.journal", ".pail-part"] {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func aKilledDownloadFetchesOnlyWhatIsMissing(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    try await fixture.put("k", Self.bytes)
    let started = Counter()
    let gates = [3, 9, 14, 20].map { (after: $0, gate: Gate()) }
    fixture.transport.set { (request, next) async throws(TransportError) in
      if request.method == .get {
        let number = started.next()
        for (after, gate) in gates where number > after { await gate.pass() }
      }
      return try await next.perform(request)
    }
    let download = fixture.download()
    download.start()
    // A snapshot while four requests wait, and while they run.
    var received: [String: Int64] = [:]
    for (number, (_, gate)) in gates.enumerated() {
      try await gate.reached(1)
      for moment in ["a", "b"] {
        let name = fixture.directory.path("\(number)\(moment)")
        received[name] = fixture.transport.receivedBytes
        try snapshot(of: fixture.path, as: name)
        gate.open()
      }
    }
    _ = try await download.result().get()
    #expect(try fixture.content() == Self.bytes)
    for (name, before) in received {
      fixture.transport.reset()
      let log = ProgressLog()
      let resumed = try await fixture.download(to: .file(path: name), onProgress: log.note).run().get()
      #expect(resumed.isVerified && log.isMonotonic)
      #expect(try fixture.content(name) == Self.bytes)
      let again = fixture.transport.receivedBytes + before - Int64(Self.bytes.count)
      #expect(again <= 4 << 20, "\(again) bytes came again")
      #expect(before <= 4 << 20 || fixture.transport.receivedBytes < Self.bytes.count)
    }
    let left = try fixture.names
    #expect(!left.contains { $0.contains("pail-part") })
  }

  /// Leaves a partial file with `count` of its 25 ranges, and maybe one that was under way.
  ///
  /// - Returns: the ranges that it has, as its journal says.
  @discardableResult
  private func leave(
    _ count: Int, in fixture: StoreFixture, bytes: Range<Int64>? = nil
  ) async throws -> [DownloadRecord.Done] {
    let (started, gate) = (Counter(), Gate())
    fixture.transport.set { (request, next) async throws(TransportError) in
      if request.method == .get, started.next() > count { await gate.pass() }
      return try await next.perform(request)
    }
    let download = fixture.download(concurrency: 2, bytes: bytes)
    download.start()
    try await gate.reached(2)
    download.cancel(keepsPartial: true)
    gate.open()
    #expect(await download.result().failure?.name == "canceled")
    fixture.transport.set { (request, next) async throws(TransportError) in try await next.perform(request) }
    fixture.transport.reset()
    let left = fixture.recorded()
    #expect(left.count >= count)
    return left
  }

  @Test func anotherVersionIsFetchedAnew() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Self.bytes)
    try await leave(6, in: fixture)
    let other = Noise.bytes(3 << 20, seed: 9)
    try await fixture.put("k", other)
    _ = try await fixture.download().run().get()
    #expect(try fixture.content() == other && fixture.names == ["file"])
    #expect(fixture.transport.receivedBytes == other.count)
  }

  @Test(
    arguments: [
      (1 << 20, nil, true), (2 << 20, nil, false), (1 << 20, 0..<(24 << 20), false), (1 << 20, 1..<(26 << 20), false),
    ] as [(Int64, Range<Int64>?, Bool)])
  func onlyTheSameRangesAreOfUse(size: Int64, wanted: Range<Int64>?, areSame: Bool) async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Self.bytes)
    let left = try await leave(6, in: fixture)
    _ = try await fixture.download(rangeSize: size, bytes: wanted).run().get()
    let expected =
      wanted.map { Self.bytes[Int($0.lowerBound)..<min(Int($0.upperBound), Self.bytes.count)] } ?? Self.bytes[...]
    #expect(try fixture.content() == Array(expected))
    #expect(fixture.transport.receivedBytes == Int64(expected.count) - (areSame ? left.bytes : 0))
  }

  @Test func aRangeIsResumedToo() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Self.bytes)
    let wanted: Range<Int64> = 1_000..<20_000_000
    let left = try await leave(6, in: fixture, bytes: wanted)
    _ = try await fixture.download(bytes: wanted).run().get()
    #expect(try fixture.content() == Array(Self.bytes[1_000..<20_000_000]))
    #expect(fixture.transport.receivedBytes == Int64(wanted.count) - left.bytes)
  }

  /// After a power loss the journal may know of bytes that the file has lost.
  @Test(arguments: ["flipped", "cut", "gone", "torn journal", "strange journal"])
  func whatIsDamagedIsFetchedAgain(damage: String) async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Self.bytes)
    var sound = try await leave(6, in: fixture)
    let (partial, journal) = (fixture.path + ".pail-part", fixture.path + ".pail-part.journal")
    switch damage {
    case "flipped":
      var content = try fixture.content(partial)
      content[(2 << 20) + 5] ^= 1
      try fixture.write(content, to: partial)
      sound.removeAll { $0.start == 2 << 20 }
    case "cut":
      try fixture.write(Array(try fixture.content(partial).prefix((4 << 20) + 1)), to: partial)
      sound.removeAll { $0.start + $0.length > (4 << 20) + 1 }
    case "gone":
      try FileManager.default.removeItem(atPath: partial)
      sound = []
    case "torn journal":
      try fixture.write(try fixture.content(journal).dropLast(3), to: journal)
      sound = fixture.recorded()
    default:
      try fixture.write(Noise.bytes(100), to: journal)
      sound = []
    }
    // Twice: also the journal of the second run is one to go on with.
    let left = try await leave(3, in: fixture)
    #expect(sound.allSatisfy(left.contains))
    _ = try await fixture.download().run().get()
    #expect(try fixture.content() == Self.bytes && fixture.names == ["file"])
    #expect(fixture.transport.receivedBytes == Int64(Self.bytes.count) - left.bytes)
  }

  @Test func aCompleteOneIsOnlyInstalled() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Self.bytes)
    let gate = Gate()
    fixture.transport.hold(.get, at: gate)
    let download = fixture.download()
    download.start()
    try await gate.reached(4)
    // It cannot be installed over a directory.
    try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
    gate.open()
    let failure = await download.result().failure
    #expect(failure?.name == "destination")
    #expect(failure?.description == "\(fixture.path): Is a directory")
    try FileManager.default.removeItem(atPath: fixture.path)
    fixture.transport.reset()
    let downloaded = try await fixture.download().run().get()
    #expect(try downloaded.isVerified && fixture.content() == Self.bytes)
    #expect(fixture.transport.receivedBytes == 0)
  }
}
