// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPTransport

/// The pure parts of a request: its URL, its header lines, its body.
@Suite struct RequestTests {
  @Test(arguments: [
    ("http://h", "h", "/", false), ("https://h:9000/a/b?x=/y", "h:9000", "/a/b", true), ("HTTPS://h?x", "h", "/", true),
    ("http://[::1]:80/", "[::1]:80", "/", false),
  ])
  func targets(url: String, authority: String, path: String, isSecure: Bool) throws {
    let target = try RequestTarget(url)
    #expect(target.authority == authority)
    #expect(target.path == path)
    #expect(target.isSecure == isSecure)
  }

  @Test func headerLines() throws {
    let headers = HTTPHeaders([
      (name: "Host", value: "b.h"), (name: "content-length", value: "5"), (name: "expect", value: "100-continue"),
      (name: "X-Empty", value: " "), (name: "Accept", value: "*/*"),
    ])
    #expect(
      try RequestHeaderList.lines(of: headers) == ["Expect:", "Host: b.h", "X-Empty;", "Accept: */*"])
    #expect(try RequestHeaderList.lines(of: HTTPHeaders()) == ["Expect:", "Accept:"])
    #expect(throws: TransportError.self) {
      try RequestHeaderList.lines(of: HTTPHeaders([(name: "transfer-Encoding", value: "chunked")]))
    }
  }

  @Test func aBodyOfBytesIsReadInPiecesAndAgain() {
    var reader = RequestBodyReader(.bytes([1, 2, 3, 4, 5]))
    #expect(read(3, &reader) == [1, 2, 3])
    #expect(read(3, &reader) == [4, 5])
    #expect(read(3, &reader) == [])
    let isThere = reader.seek(to: 1)
    #expect(isThere)
    #expect(read(9, &reader) == [2, 3, 4, 5])
    let isBeyond = reader.seek(to: 6)
    let isBefore = reader.seek(to: -1)
    #expect(!isBeyond && !isBefore)
  }

  @Test func aBodyInAFileIsReadFromItsRegion() throws {
    let file = try temporaryFile(containing: [0, 1, 2, 3, 4, 5])
    var reader = RequestBodyReader(.file(FileRegion(file: file, offset: 2, length: 3)))
    #expect(read(2, &reader) == [2, 3])
    #expect(read(2, &reader) == [4])
    #expect(read(2, &reader) == [])
  }

  @Test func aFileThatEndsEarlyIsNoShorterBody() throws {
    let file = try temporaryFile(containing: [1, 2])
    var reader = RequestBodyReader(.file(FileRegion(file: file, offset: 0, length: 3)))
    #expect(read(3, &reader) == [1, 2])
    withUnsafeTemporaryAllocation(byteCount: 3, alignment: 1) { buffer in
      #expect(reader.read(into: buffer) == .fileTooShort)
    }
  }

  @Test(arguments: [(-1, 1), (0, -1), (Int64.max, 1)] as [(Int64, Int64)])
  func regionsThatNoFileHas(offset: Int64, length: Int64) throws {
    let region = FileRegion(file: try temporaryFile(containing: []), offset: offset, length: length)
    #expect(throws: TransportError.self) {
      try CurlTransfer(HTTPRequest(method: .put, url: "http://h/", body: .file(region)))
    }
    #expect(throws: TransportError.self) {
      try CurlTransfer(HTTPRequest(method: .get, url: "http://h/", destination: .file(region)))
    }
  }

  private func read(_ count: Int, _ reader: inout RequestBodyReader) -> [UInt8]? {
    withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { buffer in
      guard case .read(let count) = reader.read(into: buffer) else { return nil }
      return Array(buffer.prefix(count))
    }
  }
}
