// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPTransport

@Suite struct ResponseHeadTests {
  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\n", 200), ("HTTP/1.0 404\r\n", 404), ("HTTP/1.1  503 Slow Down\r\n", 503), ("HTTP/1.1\r\n", 0),
    ("HTTP/1.1 2x0\r\n", 20),
  ])
  func statusLines(line: String, status: Int) {
    #expect(head(of: [line]).status == status)
  }

  @Test(arguments: [
    ("A: b\r\n", "A", "b"), ("A:b\r\n", "A", "b"), ("A:\t b c \t\r\n", "A", "b c"), ("A:\r\n", "A", ""),
    ("A: b:c\n", "A", "b:c"), ("x-amz-meta-k: caf\u{e9}\r\n", "X-Amz-Meta-K", "café"),
  ])
  func fields(line: String, name: String, value: String) {
    #expect(head(of: ["HTTP/1.1 200 OK\r\n", line]).headers[name] == value)
  }

  @Test func aLineWithoutAColonIsNoField() {
    #expect(head(of: ["HTTP/1.1 200 OK\r\n", "nonsense\r\n", "\r\n"]).headers.fields.isEmpty)
  }

  @Test func bytesThatAreNoUTF8AreReplaced() {
    var head = head(of: ["HTTP/1.1 200 OK\r\n"])
    let line: [UInt8] = [0x41, 0x3a, 0xff, 0x42, 0x0d, 0x0a]
    #expect(line.withUnsafeBytes { head.take($0) })
    #expect(head.headers["A"] == "\u{fffd}B")
  }

  @Test func theFinalResponseReplacesInterimOnesAndTrailersAreIgnored() {
    let head = head(of: [
      "HTTP/1.1 100 Continue\r\n", "A: 1\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "B: 2\r\n", "Content-Length: 7\r\n",
      "\r\n",
      "C: 3\r\n", "HTTP/1.1 500 Late\r\n", "\r\n",
    ])
    #expect(head.status == 200)
    #expect(head.headers.fields.map(\.name) == ["B", "Content-Length"])
    #expect(head.contentLength == 7)
  }

  @Test func theLimits() {
    var large = head(of: ["HTTP/1.1 200 OK\r\n"])
    // 17 bytes are there already.
    #expect(take(String(repeating: "x", count: 65_536 - 17), &large))
    #expect(!take("y", &large))

    var many = head(of: ["HTTP/1.1 200 OK\r\n"])
    for _ in 0..<512 { #expect(take("A: 1\r\n", &many)) }
    #expect(!take("A: 1\r\n", &many))
  }

  private func head(of lines: [String]) -> ResponseHead {
    var head = ResponseHead()
    for line in lines { #expect(take(line, &head)) }
    return head
  }

  private func take(_ line: String, _ head: inout ResponseHead) -> Bool {
    Array(line.utf8).withUnsafeBytes { head.take($0) }
  }
}
