// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

import S3Client

/// Answers of 2xx that are none.
@Suite struct AnswerTests {
  private static let complete = """
    <?xml version="1.0"?>\n\n   <CompleteMultipartUploadResult><ETag>"e-1"</ETag></CompleteMultipartUploadResult>
    """
  private static let parts = [CompletedPart(number: 1, etag: ETag("a"))]

  @Test func anErrorInsideOf200IsTriedAgain() async throws {
    let store = try FakeStore(
      .error(200, "InternalError"), .answer(200, [], "<?xml version=\"1.0\"?>\n    "),
      .answer(200, [], AnswerTests.complete))
    let written = try await store.client.completeMultipartUpload("k", upload: UploadID("u"), parts: AnswerTests.parts)
    #expect(written.etag == ETag("e-1"))
    #expect(store.transport.requests.count == 3)
    #expect(
      store.transport.requests[0].body.text == """
        <CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Part><PartNumber>1</PartNumber>\
        <ETag>"a"</ETag></Part></CompleteMultipartUpload>
        """)
  }

  @Test func anErrorInsideOf200IsAnError() async throws {
    let store = try FakeStore(.error(200, "InternalError"))
    let source = CopySource(key: "a")
    var error = await #expect(throws: S3Error.self) { try await store.client.copyObject(source, to: "b") }
    #expect(error?.code == "InternalError" && error?.status == 500)
    #expect(error?.mayHaveTakenEffect == true)
    error = await #expect(throws: S3Error.self) {
      try await store.client.uploadPartCopy("b", upload: UploadID("u"), number: 1, source: source, range: 0..<5)
    }
    #expect(error?.code == "InternalError")
    #expect(store.transport.requests.count == 6)
    #expect(store.transport.requests.last?.headers["x-amz-copy-source-range"] == "bytes=0-4")
  }

  @Test func aRefusalInsideOf200IsARefusal() async throws {
    let store = try FakeStore(.error(200, "PreconditionFailed"))
    let error = await #expect(throws: S3Error.self) {
      try await store.client.copyObject(CopySource(key: "a"), to: "b", condition: .isAbsent)
    }
    #expect(error?.isConditionFailure == true)
    #expect(store.transport.requests.count == 1)
  }

  @Test func nothingInsideOf200IsAnError() async throws {
    let store = try FakeStore(.answer(200))
    let error = await #expect(throws: S3Error.self) {
      try await store.client.completeMultipartUpload("k", upload: UploadID("u"), parts: AnswerTests.parts)
    }
    #expect(error?.code == "InvalidResponse")
    #expect(error?.mayHaveTakenEffect == true)
    #expect(store.transport.requests.count == 3)
  }

  @Test(arguments: [
    [("ETag", "\"e\"")], [("Content-Length", "-1")], [("Content-Length", "x")],
    [("Content-Length", "9223372036854775808")],
  ])
  func aHEADNeedsASize(_ headers: [(String, String)]) async throws {
    let store = try FakeStore(.answer(200, headers))
    let error = await #expect(throws: S3Error.self) { try await store.client.headObject("k") }
    #expect(error?.code == "InvalidResponse")
  }

  @Test func aHEADWithoutTagOrTimeIsTaken() async throws {
    let store = try FakeStore(.answer(200, [("Content-Length", "0")]))
    let head = try await store.client.headObject("k")
    #expect(head.etag.value == "" && head.lastModified == 0)
  }

  struct RangeCase: Sendable {
    var range: Range<Int64>?
    var status: Int
    var contentRange: String?
    var body: String
    /// The size that is told, or nil for an error.
    var size: Int64?
  }

  @Test(arguments: [
    RangeCase(status: 200, body: "abcdef", size: 6),
    RangeCase(range: 0..<3, status: 206, contentRange: "bytes 0-2/6", body: "abc", size: 6),
    RangeCase(range: 4..<9, status: 206, contentRange: "bytes 4-5/6", body: "ef", size: 6),
    RangeCase(range: 0..<9, status: 200, body: "abcdef", size: 6),
    RangeCase(status: 206, contentRange: "bytes 0-5/6", body: "abcdef"),
    RangeCase(range: 0..<3, status: 206, body: "abc"),
    RangeCase(range: 0..<3, status: 206, contentRange: "bytes 0-1/6", body: "ab"),
    RangeCase(range: 0..<3, status: 206, contentRange: "bytes 1-3/6", body: "bcd"),
    RangeCase(range: 0..<3, status: 206, contentRange: "bytes 0-2/6", body: "ab"),
    RangeCase(range: 0..<3, status: 206, contentRange: "bytes 0-2/*", body: "abc"),
    RangeCase(range: 0..<3, status: 200, body: "abcdef"),
    RangeCase(range: 1..<9, status: 200, body: "abcdef"),
  ])
  func aRangeIsCheckedAgainstTheQuestion(_ test: RangeCase) async throws {
    let headers = test.contentRange.map { [("Content-Range", $0)] } ?? []
    let store = try FakeStore(.answer(test.status, headers, test.body))
    let get = { () async throws(S3Error) in
      try await store.client.getObject("k", range: test.range, ifMatch: ETag("e"), into: .collect(limit: 100))
    }
    if let size = test.size {
      let body = try await get()
      #expect(body.head.size == size && body.length == Int64(test.body.utf8.count))
    } else {
      let error = await #expect(throws: S3Error.self) { _ = try await get() }
      #expect(error?.code == "InvalidResponse")
    }
    #expect(store.transport.requests[0].headers["if-match"] == "\"e\"")
    #expect(
      store.transport.requests[0].headers["range"] == test.range.map { "bytes=\($0.lowerBound)-\($0.upperBound - 1)" })
  }

  @Test(arguments: [5..<5, -1..<3] as [Range<Int64>])
  func aRangeWithoutBytesIsNoRequest(_ range: Range<Int64>) async throws {
    let store = try FakeStore(.answer(200))
    let error = await #expect(throws: S3Error.self) {
      try await store.client.getObject("k", range: range, into: .collect(limit: 100))
    }
    #expect(error?.code == "InvalidRequest")
    #expect(store.transport.requests.isEmpty)
  }

  @Test func aPartMustHaveATagAndItsChecksum() async throws {
    let cases: [(code: String, headers: [(String, String)])] = [
      ("InvalidResponse", []), ("ChecksumMismatch", [("ETag", "\"e\""), ("x-amz-checksum-crc32", "y/Q5Jg==")]),
    ]
    for (code, headers) in cases {
      let store = try FakeStore(.answer(200, headers), .answer(200, headers), .answer(200, headers))
      let error = await #expect(throws: S3Error.self) {
        try await store.client.uploadPart("k", upload: UploadID("u"), number: 1, body: .empty, crc32: 1)
      }
      #expect(error?.code == code)
    }
  }

  /// The server's marker never ends; each page is new.
  @Test func aListOfUploadsWithoutEndIsGivenUp() async throws {
    let pages = (1...60).map { number in
      FakeTransport.Answer.answer(
        200, [],
        """
        <ListMultipartUploadsResult><IsTruncated>true</IsTruncated><NextKeyMarker>\(number)</NextKeyMarker>\
        </ListMultipartUploadsResult>
        """)
    }
    let store = try FakeStore(pages)
    #expect(try await store.client.listMultipartUploads(prefix: "", limit: 10_000) == [])
    #expect(store.transport.requests.count < 60)
  }

  @Test func partsAreReadPageByPage() async throws {
    func page(_ number: Int, next: Int?) -> FakeTransport.Answer {
      .answer(
        200, [],
        """
        <ListPartsResult><IsTruncated>\(next != nil)</IsTruncated>\
        <NextPartNumberMarker>\(next.map { "\($0)" } ?? "")</NextPartNumberMarker>\
        <Part><PartNumber>\(number)</PartNumber><Size>5</Size><ETag>e</ETag><ChecksumCRC32>y/Q5Jg==</ChecksumCRC32></Part>\
        </ListPartsResult>
        """)
    }
    let store = try FakeStore(page(1, next: 1), page(7, next: nil))
    let parts = try await store.client.listParts("k", upload: UploadID("u/+"))
    #expect(parts.map(\.number) == [1, 7])
    #expect(parts[0].crc32 == 0xCBF4_3926)
    #expect(
      store.lines == [
        "GET /bkt/k?max-parts=1000&uploadId=u%2F%2B", "GET /bkt/k?max-parts=1000&part-number-marker=1&uploadId=u%2F%2B",
      ])
  }
}

extension RequestBody {
  var text: String {
    if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "" }
  }
}
