// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

import S3Client

@Suite struct HeaderTests {
  @Test(
    arguments: [
      ("bytes 0-499/1234", 0, 500, 1_234), ("bytes 734-1233/1234", 734, 1_234, 1_234), ("bytes 0-0/1", 0, 1, 1),
    ] as [(String, Int64, Int64, Int64)])
  func readsContentRanges(_ text: String, _ lower: Int64, _ upper: Int64, _ size: Int64) {
    let range = ContentRange(text)
    #expect(range?.range == lower..<upper)
    #expect(range?.size == size)
  }

  @Test(arguments: [
    "", "bytes", "bytes 0-499", "bytes */1234", "bytes 0-499/*", "bytes 500-499/1234", "bytes 0-1234/1234",
    "bytes -1-2/3", "items 0-1/2", "bytes 0-1/2/3", "bytes 0-1-2/3", "bytes 0-9223372036854775807/9223372036854775807",
    "bytes 0-9223372036854775808/9223372036854775809", "bytes  0-1/2",
  ])
  func refusesContentRanges(_ text: String) { #expect(ContentRange(text) == nil) }

  /// RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func codesBase64(_ text: String, _ encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(text.utf8))
  }

  @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "====", "Zm9v!AAA", "Zg==Zg=="])
  func refusesBase64(_ text: String) { #expect(Base64.decode(text) == nil) }

  /// Values of zlib.crc32 and base64.b64encode of Python.
  @Test(arguments: [(0xCBF4_3926, "y/Q5Jg=="), (0, "AAAAAA=="), (0x414F_A339, "QU+jOQ==")] as [(UInt32, String)])
  func codesChecksums(_ value: UInt32, _ text: String) {
    #expect(ChecksumCRC32.encode(value) == text)
    #expect(ChecksumCRC32.decode(text) == value)
    #expect(ChecksumCRC32.decode(text + "-2") == nil)
    #expect(ChecksumCRC32.decode("Zm9vYmFy") == nil)
  }

  @Test(arguments: [
    ("\"abc\"", "abc"), ("abc", "abc"), ("\"", "\""), ("\"\"", ""), ("", ""), ("W/\"abc\"", "W/\"abc\""),
  ])
  func comparesTagsWithoutQuotes(_ text: String, _ value: String) {
    #expect(ETag(text).value == value)
    #expect(ETag("\"abc\"").quoted == "\"abc\"")
  }

  @Test func carriesProperties() {
    var properties = ObjectProperties(contentType: "text/plain", metadata: ["Mode": "33188", "mtime": "1.5"])
    properties.cacheControl = "no-store"
    properties.contentLanguage = "de"
    properties.contentEncoding = "gzip"
    properties.contentDisposition = "attachment"
    var headers = HTTPHeaders()
    properties.append(to: &headers)
    #expect(
      headers.fields.map { "\($0.name): \($0.value)" } == [
        "content-type: text/plain", "content-disposition: attachment", "content-encoding: gzip", "content-language: de",
        "cache-control: no-store", "x-amz-meta-mode: 33188", "x-amz-meta-mtime: 1.5",
      ])
    headers.append("X-Amz-Meta-Mtime", "2")
    let back = ObjectProperties(headers)
    #expect(back.metadata == ["mode": "33188", "mtime": "1.5,2"])
    #expect(back.contentDisposition == "attachment")
  }

  @Test(
    arguments: [
      ("x", "a\r\nEvil: 1", "x"), ("x", "nul\0", "x"), ("x", "del\u{7F}", "x"), ("sp ace", "v", "sp ace"),
      ("", "v", ""),
      ("co:lon", "v", "co:lon"), ("x", "tab\tis fine, ü too", nil),
    ] as [(String, String, String?)])
  func refusesLineEndsInHeaders(_ name: String, _ value: String, _ invalid: String?) {
    #expect(HeaderSyntax.firstInvalidName(in: HTTPHeaders([("fine", "v"), (name, value)])) == invalid)
  }

  @Test func readsErrors() {
    let document = ErrorDocument(Array(SamplePages.seaweedFSError.utf8))
    #expect(document?.code == "NoSuchKey")
    #expect(document?.message == "The specified key does not exist.")
    #expect(document?.requestID == "18EA0AA2A16E44A9A9E461B6")
    let wrapped =
      "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>a\u{1b}[31m\nb</Message></Error><RequestId>7</RequestId></ErrorResponse>"
    #expect(ErrorDocument(Array(wrapped.utf8))?.code == "ExpiredToken")
    #expect(ErrorDocument(Array(wrapped.utf8))?.message == "a [31m b")
    #expect(ErrorDocument(Array(wrapped.utf8))?.requestID == "7")
    #expect(ErrorDocument(Array("<html>502</html>".utf8)) == nil)
    #expect(ErrorDocument(Array("<Error><Message>no code</Message></Error>".utf8)) == nil)
    #expect(ErrorDocument([]) == nil)
  }
}
