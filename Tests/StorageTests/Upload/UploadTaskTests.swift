// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Storage
import TestSupport
import Testing

/// What a task can be told, and what it tells.
@Suite struct UploadTaskTests {
  private static let bytes = Noise.bytes(32 << 20)

  @Test(arguments: StoreKind.allCases)
  func result(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let bucket = try await fixture.makeBucket(versioned: true)
    for size in [5, 6 << 20] {
      let task = fixture.storage.uploadData(
        path: "album/1.jpg", data: .bytes(Noise.bytes(size)),
        options: UploadOptions(bucket: .bucket(name: bucket, region: "us-east-1"), metadata: ["A": "b"]))
      let result = try await task.result
      let head = try #require(try await fixture.other.head("album/1.jpg", in: bucket))
      #expect(result.path == "album/1.jpg" && result.size == Int64(size))
      #expect(result.eTag == head.eTag && head.eTag.hasPrefix("\""))
      #expect(result.versionID == head.versionID && result.versionID?.isEmpty == false)
      #expect(result.contentType == "image/jpeg" && result.metadata == ["a": "b"])
      // Asked again, it says the same.
      #expect(try await task.result == result)
      #expect(task.state == .success)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func progress(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let task = fixture.storage.uploadData(path: "k", data: .bytes(Self.bytes))
    async let first = collect(task.progress)
    async let second = collect(task.progress)
    _ = try await task.result
    let total = Int64(Self.bytes.count)
    for values in await [first, second, collect(task.progress)] {
      #expect(values.last == TransferProgress(transferredBytes: total, totalBytes: total))
      #expect(zip(values, values.dropFirst()).allSatisfy { $0.transferredBytes <= $1.transferredBytes })
    }
  }

  private func collect(_ stream: AsyncStream<TransferProgress>) async -> [TransferProgress] {
    var values: [TransferProgress] = []
    for await value in stream { values.append(value) }
    return values
  }

  @Test(arguments: StoreKind.allCases)
  func pauseAndResume(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    // Two parts arrive, the third is on its way.
    fixture.transport.allow { ($0.partNumber ?? 0) < 3 }
    let task = fixture.storage.uploadData(path: "k", data: .bytes(Self.bytes), options: UploadOptions(concurrency: 1))
    #expect(task.state == .inProgress)
    try await eventually("part 3 is on its way") { fixture.transport.parts == [1, 2, 3] }
    task.pause()
    #expect(task.state == .paused)
    fixture.transport.allow { _ in true }
    try await eventually("nothing is under way any more") { fixture.transport.active == 0 }
    #expect(fixture.transport.parts == [1, 2, 3])
    task.pause()
    task.resume()
    #expect(task.state == .inProgress)
    _ = try await task.result
    #expect(fixture.transport.parts == [1, 2, 3, 4, 5, 6, 7])
    #expect(try await fixture.other.get("k") == Self.bytes)
    #expect(task.state == .success)
  }

  @Test func pauseBeforeAnythingWasSent() async throws {
    let fixture = try await StorageFixture(.ministack)
    let task = fixture.storage.uploadData(path: "k", data: "x")
    task.pause()
    // It may have been quicker.
    if task.state == .paused {
      #expect(fixture.transport.requests.isEmpty)
      task.resume()
    }
    _ = try await task.result
    #expect(try await fixture.other.get("k") == Array("x".utf8))
  }

  @Test(arguments: StoreKind.allCases)
  func cancel(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    fixture.transport.allow { ($0.partNumber ?? 0) < 3 }
    let task = fixture.storage.uploadData(path: "k", data: .bytes(Self.bytes))
    try await eventually("four parts are on their way") { fixture.transport.parts.count >= 4 }
    task.cancel()
    #expect(task.state == .canceled)
    fixture.transport.allow { _ in true }
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isCancelError == true && error?.name == "CanceledError")
    #expect(error?.message == "Upload is canceled by user")
    #expect(task.state == .canceled)
    #expect(try await fixture.other.uploads().isEmpty)
    #expect(try await fixture.other.head("k") == nil)
  }

  /// What CreateMultipartUpload makes after the cancellation is removed all the same.
  @Test(arguments: StoreKind.allCases)
  func cancelDuringCreateMultipartUpload(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    fixture.transport.allow { !$0.isCreateMultipartUpload }
    let task = fixture.storage.uploadData(path: "k", data: .bytes(Self.bytes))
    try await eventually("the upload is being created") { fixture.transport.active == 1 }
    task.cancel()
    fixture.transport.allow { _ in true }
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isCancelError == true)
    #expect(try await fixture.other.uploads().isEmpty)
    #expect(fixture.transport.requests.last?.method == .delete)
  }

  @Test func cancelAtOnce() async throws {
    let fixture = try await StorageFixture(.ministack)
    for _ in 0..<20 {
      let task = fixture.storage.uploadData(
        path: "k", data: .stream(AsyncStream<[UInt8]> { $0.yield(Noise.bytes(1_000)) }))
      task.cancel()
      let error = await #expect(throws: StorageError.self) { try await task.result }
      #expect(error?.isCancelError == true && task.state == .canceled)
    }
    #expect(try await fixture.other.keys().isEmpty)
  }

  /// Whoever is asked who is signed in is told to stop.
  @Test func cancelWhileTheIdentityIsAsked() async throws {
    let fixture = try await StorageFixture(.ministack) {
      $0.identityID = {
        // For ever, unless it is cancelled.
        try await Task.sleep(for: .seconds(600))
        return "me"
      }
    }
    let task = fixture.storage.uploadData(path: .identity { $0 }, data: "x")
    task.pause()
    #expect(task.state == .paused)
    task.cancel()
    #expect(task.state == .canceled)
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isCancelError == true && error?.message == "Upload is canceled by user")
  }

  @Test func cancelAfterTheEndChangesNothing() async throws {
    let fixture = try await StorageFixture(.ministack)
    let task = fixture.storage.uploadData(path: "k", data: "x")
    _ = try await task.result
    task.cancel()
    #expect(task.state == .success)
    #expect(try await task.result.path == "k")
  }

  /// A command that is interrupted leaves its parts to the next run.
  @Test(arguments: StoreKind.allCases)
  func cancelKeepingParts(_ kind: StoreKind) async throws {
    let directory = try TemporaryDirectory("storage")
    let path = directory.path("file")
    try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
    let fixture = try await StorageFixture(kind) { $0.stateDirectory = directory.path("state") }
    fixture.transport.allow { ($0.partNumber ?? 0) < 4 }
    let task = fixture.storage.uploadData(path: "k", data: .file(path: path), options: UploadOptions(concurrency: 1))
    try await eventually("part 4 is on its way") { fixture.transport.parts.contains(4) }
    task.cancel(keepingParts: true)
    fixture.transport.allow { _ in true }
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isCancelError == true)
    #expect(try await fixture.other.uploads().count == 1)

    let next = fixture.another()
    let recorder = Recorder<TransferProgress>()
    _ = try await next.storage.uploadData(
      path: "k", data: .file(path: path), options: UploadOptions(onProgress: { recorder.note($0) })
    ).result
    #expect(Set(next.transport.parts).isSubset(of: [4, 5, 6, 7]) && next.transport.parts.count <= 4)
    #expect(next.transport.requests.filter(\.isCreateMultipartUpload).isEmpty)
    #expect(try await fixture.other.get("k") == Self.bytes)
    #expect(try await fixture.other.uploads().isEmpty)
    // What is there already counts from the beginning.
    #expect(
      try #require(recorder.values.first { $0.totalBytes != nil && $0.transferredBytes > 0 }).transferredBytes >= 15
        << 20)
  }

  @Test(arguments: StoreKind.allCases)
  func closingTheStorageEndsItsUploads(_ kind: StoreKind) async throws {
    let directory = try TemporaryDirectory("storage")
    let path = directory.path("file")
    try Data(Self.bytes).write(to: URL(fileURLWithPath: path))
    let fixture = try await StorageFixture(kind) { $0.stateDirectory = directory.path("state") }
    fixture.transport.allow { ($0.partNumber ?? 0) < 2 }
    let task = fixture.storage.uploadData(path: "k", data: .file(path: path), options: UploadOptions(concurrency: 1))
    try await eventually("part 2 is on its way") { fixture.transport.parts.contains(2) }
    async let closing: Void = fixture.storage.close()
    // Whatever happens: the test waits for the storage at its end.
    defer { fixture.transport.allow { _ in true } }
    try await eventually("the task is cancelled") { task.state == .canceled }
    fixture.transport.allow { _ in true }
    await closing
    let error = await #expect(throws: StorageError.self) { try await task.result }
    #expect(error?.isCancelError == true)
    let refusal = await #expect(throws: StorageError.self) { try await fixture.storage.getProperties(path: "k") }
    #expect(refusal?.name == "StorageIsClosed")
    #expect(try await fixture.other.uploads().count == 1)
  }

  @Test func anErrorIsAState() async throws {
    let fixture = try await StorageFixture(.ministack)
    let task = fixture.storage.uploadData(path: "/k", data: "x")
    await #expect(throws: StorageError.self) { try await task.result }
    #expect(task.state == .error)
    for await _ in task.progress {}
  }

  /// The upload goes on when nobody holds its task or its storage.
  @Test func nobodyNeedsToWait() async throws {
    let fixture = try await StorageFixture(.ministack)
    _ = fixture.another().storage.uploadData(path: "k", data: "x")
    try await eventually("the object is there") { try await fixture.other.keys() == ["k"] }
  }
}
