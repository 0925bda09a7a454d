// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import Transfer

private let mebibyte = 1 << 20

/// Each fault is either overcome, with a right object, or fails with its name, without one.
@Suite("Uploads when something goes wrong, on a real server", .serialized) struct UploadFaultTests {
  typealias Rule = @Sendable (FaultyTransport.Sent) -> FaultyTransport.Fault

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let rule: Rule

    init(_ name: String, _ rule: @escaping Rule) { (testDescription, self.rule) = (name, rule) }
  }

  private static func wrongChecksum(_ response: inout HTTPResponse) {
    response.headers = HTTPHeaders(
      response.headers.fields.filter { $0.name.lowercased() != "x-amz-checksum-crc32" }.map { ($0.name, $0.value) }
        + [("x-amz-checksum-crc32", "AAAAAA==")])
  }

  private static func first(_ kind: String, _ fault: FaultyTransport.Fault) -> Rule {
    { $0.kind == kind && $0.ordinal == 1 ? fault : .none }
  }

  private static let passing: [Case] = [
    Case("no connection for the beginning", first("POST uploads", .refuse)),
    Case("the connection drops in a part", first("PUT part", .dropAfter(1 << 20))),
    Case("the answer to a part is lost", first("PUT part", .loseAnswer)),
    Case("a part stalls", first("PUT part", .stall)),
    Case("503 SlowDown for a part", first("PUT part", .answer(503, body: FaultyTransport.error("SlowDown")))),
    Case("500 for a part", first("PUT part", .answer(500, body: FaultyTransport.error("InternalError")))),
    Case("429 for a part", first("PUT part", .answer(429, body: ""))),
    Case("another checksum echoed for a part", first("PUT part", .rewrite(wrongChecksum))),
    Case("no connection for the completion", first("POST upload", .refuse)),
    Case("the answer to the completion is lost", first("POST upload", .loseAnswer)),
    Case(
      "200 with an error document for the completion",
      first("POST upload", .answer(200, body: FaultyTransport.error("InternalError")))),
    Case("200 with nothing for the completion", first("POST upload", .answer(200, body: ""))),
    Case("another checksum echoed for the completion", first("POST upload", .rewrite(wrongChecksum))),
    Case("503 for the completion", first("POST upload", .answer(503, body: FaultyTransport.error("SlowDown")))),
  ]

  @Test(arguments: passing) func isOvercome(_ fault: Case) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(11 * mebibyte)
    let (upload, progress) = fixture.upload(.file(path: try fixture.file("source", bytes)), journaled: true)
    fixture.transport.set(fault.rule)
    upload.start()
    let uploaded = try await upload.result().get()
    #expect(uploaded.size == 11 << 20)
    #expect(progress.isSound(total: 11 << 20))
    #expect(try await fixture.object() == bytes)
    #expect(try await fixture.openUploads() == [])
  }

  private static let passingWhole: [Case] = [
    Case("no connection", first("PUT", .refuse)), Case("dropped", first("PUT", .dropAfter(1 << 19))),
    Case("the answer is lost", first("PUT", .loseAnswer)), Case("stalled", first("PUT", .stall)),
    Case("503", first("PUT", .answer(503, body: FaultyTransport.error("SlowDown")))),
    Case("another checksum echoed", first("PUT", .rewrite(wrongChecksum))),
  ]

  @Test(arguments: passingWhole, [false, true])
  func isOvercomeInOneRequest(_ fault: Case, preventsOverwrite: Bool) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(mebibyte)
    let (upload, progress) = fixture.upload(.bytes(bytes)) { $0.condition = preventsOverwrite ? .isAbsent : .always }
    fixture.transport.set(fault.rule)
    upload.start()
    _ = try await upload.result().get()
    #expect(progress.isSound(total: 1 << 20))
    #expect(try await fixture.object() == bytes)
  }

  private static func always(_ kind: String, _ fault: FaultyTransport.Fault) -> Rule {
    { $0.kind == kind ? fault : .none }
  }

  @Test(
    arguments: [
      ("ChecksumMismatch", Case("a part's checksum is always another", always("PUT part", .rewrite(wrongChecksum)))),
      ("SlowDown", Case("always 503", always("PUT part", .answer(503, body: FaultyTransport.error("SlowDown"))))),
      ("TransportError", Case("never a connection", always("PUT part", .refuse))),
      ("AccessDenied", Case("denied", always("PUT part", .answer(403, body: FaultyTransport.error("AccessDenied"))))),
      (
        "InternalError",
        Case("never completes", always("POST upload", .answer(200, body: FaultyTransport.error("InternalError"))))
      ),
      (
        "BadDigest",
        Case("bad digest", always("PUT part", .answer(400, body: FaultyTransport.error("BadDigest"))))
      ),
    ] as [(String, Case)])
  func failsWithItsName(_ code: String, _ fault: Case) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let (upload, _) = fixture.upload(.bytes(Noise.bytes(11 * mebibyte)))
    fixture.transport.set(fault.rule)
    upload.start()
    guard case .failure(.store(let error)) = await upload.result() else {
      Issue.record("the upload succeeded")
      return
    }
    #expect(error.code == code)
    #expect(upload.phase == .failed)
    #expect(try await fixture.head() == nil)
    #expect(try await fixture.openUploads() == [])
  }

  /// The wrong sum of right parts, as a store that miscounts says it; and of wrong parts, which must never pass.
  @Test func aStoreThatHasOtherPartsIsNotBelieved() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let (upload, _) = fixture.upload(.bytes(Noise.bytes(11 * mebibyte)))
    fixture.transport.set {
      // SeaweedFS lists no checksums, so nothing proves the parts.
      $0.kind == "POST upload" ? .answer(400, body: FaultyTransport.error("BadDigest")) : .none
    }
    upload.start()
    guard case .failure(.store(let error)) = await upload.result() else {
      Issue.record("the upload succeeded")
      return
    }
    #expect(error.code == "ChecksumMismatch")
    #expect(try await fixture.head() == nil)
  }

  enum Moment: CaseIterable { case duringAPart, beforeCompletion, truncatedDuringAPart, whileItIsPut }

  @Test(arguments: Moment.allCases) func aSourceThatChangesMakesNoObject(_ moment: Moment) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let size = moment == .whileItIsPut ? mebibyte : 23 * mebibyte
    let path = try fixture.file("source", Noise.bytes(size))
    let (upload, _) = fixture.upload(.file(path: path), journaled: true) { $0.concurrency = 1 }
    let last = moment == .beforeCompletion
    fixture.transport.set {
      ($0.kind == "PUT part" && $0.ordinal == (last ? 5 : 3)) || $0.kind == "PUT" ? .hold : .none
    }
    upload.start()
    #expect(try await BlockingWork.run { fixture.transport.waitUntilHeld(1) })
    switch moment {
    case .truncatedDuringAPart: try writeFile(path, [1, 2, 3])
    case .duringAPart, .beforeCompletion: try writeFile(path, [1, 2, 3], at: 7)
    case .whileItIsPut: try writeFile(path, [1, 2, 3], at: 7)
    }
    fixture.transport.open()
    guard case .failure(.sourceChanged(path)) = await upload.result() else {
      Issue.record("\(String(describing: await upload.result()))")
      return
    }
    #expect(try await fixture.head() == nil)
    #expect(try await fixture.openUploads() == [])
  }
}
