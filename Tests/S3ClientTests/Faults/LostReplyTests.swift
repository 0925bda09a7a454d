// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

import S3Client

/// Conditional writes whose answers were lost: success only where it is proved.
@Suite struct LostReplyTests {
  private static let text = EvidenceTests.text
  private static let refused = FakeTransport.Answer.error(412, "PreconditionFailed")

  /// HEAD of the object that the tests write; the store's clock stands where the test's stands.
  private static func head(
    md5: String = EvidenceTests.md5, modified: String = "Thu, 01 Jan 2026 00:00:00 GMT"
  ) -> FakeTransport.Answer {
    .answer(
      200,
      [
        ("Content-Length", "43"), ("ETag", "\"\(md5)\""), ("Last-Modified", modified),
        ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
      ])
  }

  private func put(_ store: FakeStore, retryingAfter: Double? = nil) async throws(S3Error) -> WrittenObject {
    try await store.client.putObject(
      "k", body: .bytes(Array(LostReplyTests.text.utf8)), properties: ObjectProperties(), condition: .isAbsent,
      retryingSince: retryingAfter.map { store.client.stopwatch - $0 })
  }

  @Test(
    arguments: [
      .lost(.connectionLost), .lost(.stalled), .error(500, "InternalError"), .answer(504),
    ] as [FakeTransport.Answer])
  func ourOwnObjectIsSuccess(_ first: FakeTransport.Answer) async throws {
    let store = try FakeStore(first, LostReplyTests.refused, LostReplyTests.head())
    let written = try await put(store)
    #expect(written.etag.value == EvidenceTests.md5)
    #expect(written.serverTime == 1_767_225_600)
    #expect(store.lines == ["PUT /bkt/k", "PUT /bkt/k", "HEAD /bkt/k"])
    #expect(store.transport.requests[1].headers["if-none-match"] == "*")
  }

  @Test func somebodyElsesObjectIsRefused() async throws {
    for head in [
      LostReplyTests.head(md5: "9e107d9d372bb6826bd81d3542a419d7"),
      // Ours by content, but from before the first attempt.
      LostReplyTests.head(modified: "Wed, 31 Dec 2025 23:59:50 GMT"),
      .answer(404),
      // Without a Date nothing can be said about when.
      .answer(200, [("Content-Length", "43"), ("ETag", "\"\(EvidenceTests.md5)\"")]),
    ] {
      let store = try FakeStore(.lost(.connectionLost), LostReplyTests.refused, head)
      let error = await #expect(throws: S3Error.self) { try await put(store) }
      #expect(error?.code == "PreconditionFailed")
      #expect(error?.mayHaveTakenEffect == true)
      #expect(error?.operation == "PutObject")
    }
  }

  /// Nothing was sent, or the store said no: then a refusal is a refusal, and no HEAD is spent on it.
  @Test(
    arguments: [
      .lost(.cannotConnect), .lost(.unresolvedHost), .error(429, "TooManyRequests"), .error(400, "RequestTimeout"),
    ] as [FakeTransport.Answer])
  func aFirstAttemptThatDidNothingIsNotLookedInto(_ first: FakeTransport.Answer) async throws {
    let store = try FakeStore(first, LostReplyTests.refused, LostReplyTests.head())
    let error = await #expect(throws: S3Error.self) { try await put(store) }
    #expect(error?.code == "PreconditionFailed")
    #expect(error?.mayHaveTakenEffect == false)
    #expect(store.transport.requests.count == 2)
  }

  @Test func withoutAnAnswerTheWriteStaysOpen() async throws {
    let store = try FakeStore(.lost(.connectionLost), LostReplyTests.refused, .lost(.cannotConnect))
    let error = await #expect(throws: S3Error.self) { try await put(store) }
    #expect(error?.code == "TransportError")
    #expect(error?.operation == "PutObject")
    #expect(error?.mayHaveTakenEffect == true)
  }

  @Test func aLaterCallLooksIntoTheFirst() async throws {
    let lost = try FakeStore(.lost(.connectionLost))
    let error = await #expect(throws: S3Error.self) { try await put(lost) }
    #expect(error?.mayHaveTakenEffect == true)

    let old = LostReplyTests.head(modified: "Wed, 31 Dec 2025 23:50:00 GMT")
    let later = try FakeStore(LostReplyTests.refused, old)
    #expect(try await put(later, retryingAfter: 601).etag.value == EvidenceTests.md5)
    let tooOld = try FakeStore(LostReplyTests.refused, old)
    await #expect(throws: S3Error.self) { try await put(tooOld, retryingAfter: 590) }
  }

  // MARK: Complete

  private func complete(
    _ store: FakeStore, _ condition: WriteCondition, retryingAfter: Double? = nil
  ) async throws(S3Error) -> WrittenObject {
    try await store.client.completeMultipartUpload(
      "k", upload: UploadID("u"), parts: EvidenceTests.parts.reversed(), condition: condition,
      retryingSince: retryingAfter.map { store.client.stopwatch - $0 })
  }

  private static let gone = FakeTransport.Answer.error(404, "NoSuchUpload")
  private static let completed = head(md5: "dc2bc882b07e1e67a48bed8997ce6caf-2")

  @Test func ourOwnCompletionIsSuccess() async throws {
    let refused = try FakeStore(
      .lost(.connectionLost), LostReplyTests.refused, LostReplyTests.gone, LostReplyTests.completed)
    #expect(try await complete(refused, .isAbsent).etag.value == "dc2bc882b07e1e67a48bed8997ce6caf-2")
    #expect(
      refused.lines == [
        "POST /bkt/k?uploadId=u", "POST /bkt/k?uploadId=u", "GET /bkt/k?max-parts=1&uploadId=u", "HEAD /bkt/k",
      ])
    let gone = try FakeStore(.lost(.stalled), LostReplyTests.gone, LostReplyTests.completed)
    #expect(try await complete(gone, .always).etag.value == "dc2bc882b07e1e67a48bed8997ce6caf-2")
  }

  @Test func anUploadThatIsStillThereWasNotCompleted() async throws {
    let there = FakeTransport.Answer.answer(200, [], "<ListPartsResult></ListPartsResult>")
    let store = try FakeStore(.lost(.connectionLost), LostReplyTests.refused, there, LostReplyTests.completed)
    let error = await #expect(throws: S3Error.self) { try await complete(store, .isAbsent) }
    #expect(error?.code == "PreconditionFailed")
    #expect(store.transport.requests.count == 3)
  }

  /// A process that was killed behind its CompleteMultipartUpload; the next one has sent the parts once more.
  @Test func theCompletionOfAnEarlierUploadIsSuccess() async throws {
    let store = try FakeStore(LostReplyTests.refused, LostReplyTests.completed, .answer(204))
    let written = try await complete(store, .isAbsent, retryingAfter: 5)
    #expect(written.etag.value == "dc2bc882b07e1e67a48bed8997ce6caf-2")
    #expect(store.lines == ["POST /bkt/k?uploadId=u", "HEAD /bkt/k", "DELETE /bkt/k?uploadId=u"])

    let others = try FakeStore(LostReplyTests.refused, LostReplyTests.head())
    let error = await #expect(throws: S3Error.self) { try await complete(others, .isAbsent, retryingAfter: 5) }
    #expect(error?.code == "PreconditionFailed")
    #expect(others.lines == ["POST /bkt/k?uploadId=u", "HEAD /bkt/k"])
  }

  @Test func anotherObjectIsNotOurCompletion() async throws {
    let store = try FakeStore(.lost(.connectionLost), LostReplyTests.gone, LostReplyTests.head())
    let error = await #expect(throws: S3Error.self) { try await complete(store, .always) }
    #expect(error?.code == "NoSuchUpload")
    let first = try FakeStore(LostReplyTests.gone)
    await #expect(throws: S3Error.self) { try await complete(first, .always) }
    #expect(first.transport.requests.count == 1)
  }

  // MARK: Deletes

  @Test func whatIsGoneWasDeleted() async throws {
    let missing = try FakeStore(.lost(.connectionLost), .error(404, "NoSuchKey"))
    try await missing.client.deleteObject("k", ifMatch: ETag("e"))
    let refused = try FakeStore(.lost(.connectionLost), LostReplyTests.refused, .answer(404))
    try await refused.client.deleteObject("k", ifMatch: ETag("e"))
    let aborted = try FakeStore(.lost(.connectionLost), LostReplyTests.gone)
    try await aborted.client.abortMultipartUpload("k", upload: UploadID("u"))

    let changed = try FakeStore(.lost(.connectionLost), LostReplyTests.refused, LostReplyTests.head())
    await #expect(throws: S3Error.self) { try await changed.client.deleteObject("k", ifMatch: ETag("e")) }
    let never = try FakeStore(LostReplyTests.gone)
    await #expect(throws: S3Error.self) { try await never.client.abortMultipartUpload("k", upload: UploadID("u")) }
  }
}
