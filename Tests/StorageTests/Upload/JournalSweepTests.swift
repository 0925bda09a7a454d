// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Storage
import TestSupport
import Testing

/// "Uploads that were initiated over one hour ago will be cancelled automatically."
@Suite struct JournalSweepTests {
  private static let bytes = Noise.bytes(12 << 20)

  /// Leaves an upload of `file` to `key`, and returns its record.
  private func abandon(_ fixture: StorageFixture, _ key: String, _ file: String, _ state: String) async throws -> String
  {
    let fixture = fixture.another()
    fixture.transport.allow { ($0.partNumber ?? 0) < 2 }
    let task = fixture.storage.uploadData(
      path: .path(key), data: .file(path: file), options: UploadOptions(concurrency: 1))
    try await eventually("part 2 is on its way") { fixture.transport.parts.contains(2) }
    task.cancel(keepingParts: true)
    fixture.transport.allow { _ in true }
    await #expect(throws: StorageError.self) { try await task.result }
    let names = try FileManager.default.contentsOfDirectory(atPath: state + "/uploads")
    let newest = try names.map { state + "/uploads/" + $0 }.max { left, right in
      try modified(left) < modified(right)
    }
    return try #require(newest)
  }

  private func modified(_ path: String) throws -> Date {
    try #require(try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date)
  }

  private func age(_ path: String) throws {
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -3_700)], ofItemAtPath: path)
  }

  @Test(arguments: StoreKind.allCases)
  func oldUploadsAreAborted(_ kind: StoreKind) async throws {
    let directory = try TemporaryDirectory("storage")
    let state = directory.path("state")
    let file = directory.path("file")
    try Data(Self.bytes).write(to: URL(fileURLWithPath: file))
    // Each bucket is swept once a process: nothing is swept before the second half.
    let fixture = try await StorageFixture(kind) { $0.stateDirectory = state }
    let first = try await abandon(fixture, "old", file, state)
    let second = try await abandon(fixture, "young", file, state)
    let moved = directory.path("moved")
    try FileManager.default.moveItem(atPath: state, toPath: moved)
    try age(moved + first.dropFirst(state.count))
    #expect(try await fixture.other.uploads().count == 2)

    // As the next process would see it.
    let next = fixture.another { $0.stateDirectory = moved }
    _ = try await next.storage.uploadData(path: "other", data: "x").result
    try await eventually("the old uploads are aborted") { try await fixture.other.uploads().map(\.key) == ["young"] }
    try await eventually("the old record is removed") {
      !FileManager.default.fileExists(atPath: moved + first.dropFirst(state.count))
    }
    #expect(FileManager.default.fileExists(atPath: moved + second.dropFirst(state.count)))
  }

  /// The upload of the very file finds its own old record, and begins anew.
  @Test(arguments: StoreKind.allCases)
  func anOldUploadIsNotResumed(_ kind: StoreKind) async throws {
    let directory = try TemporaryDirectory("storage")
    let state = directory.path("state")
    let file = directory.path("file")
    try Data(Self.bytes).write(to: URL(fileURLWithPath: file))
    let fixture = try await StorageFixture(kind) { $0.stateDirectory = state }
    try age(try await abandon(fixture, "k", file, state))
    let next = fixture.another()
    _ = try await next.storage.uploadData(path: "k", data: .file(path: file)).result
    #expect(next.transport.parts.sorted() == [1, 2, 3])
    #expect(try await fixture.other.uploads().isEmpty)
    #expect(try await fixture.other.get("k") == Self.bytes)
  }
}
