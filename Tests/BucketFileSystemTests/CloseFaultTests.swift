// SPDX-License-Identifier: Apache-2.0
//
// close(2) says that its upload failed, whatever goes wrong on the way, and nothing is lost or called uploaded that is not.

import Glibc
import HTTPTransport
import S3Client
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

@Suite("close and the faults of the way to the store, on a real server") struct CloseFaultTests {
  /// What goes wrong each time, with every request of one kind.
  enum Fault: String, CaseIterable, CustomTestStringConvertible {
    case refusedConnection, droppedConnection, truncatedBody, stalledBody, slowDown, internalError, accessDenied
    case emptyAnswer, wrongChecksum, errorDocumentInSuccess, lostAnswer

    var testDescription: String { rawValue }

    func rule(_ kind: String) -> @Sendable (FaultyTransport.Sent) -> FaultyTransport.Fault {
      { sent in sent.kind == kind ? fault(sent) : .none }
    }

    private func fault(_ sent: FaultyTransport.Sent) -> FaultyTransport.Fault {
      switch self {
      case .refusedConnection: .refuse
      case .droppedConnection: .dropAfter(0)
      case .truncatedBody: .dropAfter(sent.request.body.length / 2)
      case .stalledBody: .stall
      case .slowDown: .answer(503, body: FaultyTransport.error("SlowDown"))
      case .internalError: .answer(500, body: FaultyTransport.error("InternalError"))
      case .accessDenied: .answer(403, body: FaultyTransport.error("AccessDenied"))
      case .emptyAnswer: .answer(200, body: "")
      case .wrongChecksum:
        .rewrite { response in
          // In the header, and in the document where the answer is one.
          response.headers["x-amz-checksum-crc32"] = "AAAAAA=="
          let text = String(decoding: response.body, as: UTF8.self)
          if let start = text.firstRange(of: "<ChecksumCRC32>"), let end = text.firstRange(of: "</ChecksumCRC32>") {
            response.body = Array((text[..<start.upperBound] + "AAAAAA==" + text[end.lowerBound...]).utf8)
          }
        }
      case .errorDocumentInSuccess: .answer(200, body: FaultyTransport.error("InternalError"))
      case .lostAnswer: .loseAnswer
      }
    }

    /// Whether the store has done what it was asked.
    var storeObeys: Bool { self == .wrongChecksum || self == .lostAnswer }
  }

  /// The requests of an upload.
  enum Step: String, CaseIterable, CustomTestStringConvertible {
    case put = "PUT"
    case create = "POST uploads"
    case part = "PUT part"
    case complete = "POST upload"

    var testDescription: String { rawValue }

    /// Bytes of a file that is uploaded with this request.
    var size: Int { self == .put ? 100_000 : (8 << 20) + 1_000 }
  }

  struct Row: CustomTestStringConvertible {
    let step: Step
    let fault: Fault
    var testDescription: String { "\(fault.rawValue) of \(step.rawValue)" }
  }

  private static let rows: [Row] = Step.allCases.flatMap { step in
    Fault.allCases.compactMap { fault in
      switch (step, fault) {
      // It has no body, or its answer has no checksum.
      case (.create, .truncatedBody), (.create, .wrongChecksum): nil
      // Its success has no body.
      case (.put, .emptyAnswer), (.part, .emptyAnswer), (.put, .errorDocumentInSuccess),
        (.part, .errorDocumentInSuccess):
        nil
      default: Row(step: step, fault: fault)
      }
    }
  }

  private static func failure(_ body: () throws(Errno) -> Void) -> Errno? {
    do throws(Errno) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  /// SEMANTICS: close-publishes
  @Test(arguments: rows) func closeSaysIt(row: Row) async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture { $0.retryDelay = 300...300 }
      let before = Array("the version before".utf8)
      let content = Noise.bytes(row.step.size)
      try fixture.other.put(fixture.bucket, "name", before)
      let entry = try fixture.files.lookup(.root, fixture.name("name"), caller: fixture.caller)
      let inode = entry.attributes.inode
      let handle = try fixture.files.open(
        inode, flags: OpenFlags(rawValue: O_WRONLY | O_TRUNC), caller: fixture.caller
      ).handle
      fixture.gate.set(row.fault.rule(row.step.rawValue))
      for start in stride(from: 0, to: content.count, by: 1 << 20) {
        let piece = content[start..<min(start + (1 << 20), content.count)]
        _ = try Array(piece).withUnsafeBytes { try fixture.files.write(inode, handle, at: Int64(start), $0) }
      }
      // A lost answer is looked for: the object that is there may be told to be ours.
      let isCertain = !row.fault.storeObeys
      let failure = Self.failure { () throws(Errno) in
        try fixture.files.flush(inode, handle, caller: fixture.caller)
      }
      if failure == nil {
        #expect(!isCertain, "close succeeded")
        // Success means that it is there.
        #expect(try fixture.other.get(fixture.bucket, "name") == content)
      } else {
        let pending = fixture.files.cache.pendingUploads
        #expect(pending.map(\.key) == ["name"] && pending.first?.size == Int64(content.count))
        #expect(pending.first?.reason?.isEmpty == false && pending.first?.attempts == 1)
      }
      if isCertain { #expect(try fixture.other.get(fixture.bucket, "name") == before) }
      fixture.files.release(inode, handle)
      // And when the way is free again, it arrives whole.
      fixture.gate.open()
      fixture.files.cache.retry()
      let left = fixture.files.drain(timeout: 60)
      #expect(left.isEmpty, "\(left)")
      #expect(try fixture.other.get(fixture.bucket, "name") == content)
    }
  }
}
