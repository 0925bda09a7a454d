// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing

@testable import Transfer

@Suite("Download record") struct DownloadRecordTests {
  private let record = DownloadRecord(
    subject: .init(
      store: "http://host:1", bucket: "b", key: "a key/100%\nü", etag: ETag("\"e-3\""), size: 300, bytes: 10..<300,
      rangeSize: 100),
    done: [.init(start: 10, length: 100, crc32: 1), .init(start: 210, length: 90, crc32: .max)])

  private var text: String { record.head + record.done.map(DownloadRecord.line).joined() }

  @Test func comesBack() { #expect(DownloadRecord(decoding: text) == record) }

  @Test func isReadable() {
    #expect(
      text == """
        pail-download 1
        from http://host:1 b a%20key/100%25%0a%c3%bc
        object e-3 300
        bytes 10 300
        ranges-of 100
        done 10 100 1
        done 210 90 4294967295

        """)
  }

  @Test(arguments: ["", "x", "do", "done 5", "done 110 100 2"])
  func leavesATornLineOut(tail: String) { #expect(DownloadRecord(decoding: text + tail) == record) }

  @Test(arguments: [
    "\n", "done 1done 110 100 2\n", "done 1 2\n", "done a b c\n", "done 1 2 4294967296\n", "else 1 2 3\n",
  ])
  func leavesWrongLinesOut(line: String) {
    let more = DownloadRecord.Done(start: 110, length: 100, crc32: 7)
    var expected = record
    expected.done.append(more)
    #expect(DownloadRecord(decoding: text + line + DownloadRecord.line(of: more)) == expected)
  }

  @Test(
    arguments: [
      ("", ""), ("pail-download 1", "pail-download 2"), ("object e-3 300", "object e-3"),
      ("bytes 10 300", "bytes 300 10"),
      ("bytes 10 300", "bytes 10 301"), ("bytes 10 300", "bytes -1 300"), ("ranges-of 100", "ranges-of many"),
      ("from http://host:1 b", "from http://host:1"), ("%25", "%2"), ("%25", "%zz"), ("object", "subject"),
    ] as [(String, String)])
  func refusesWhatIsNoRecord(old: String, new: String) {
    let changed =
      old.isEmpty
      ? "" : text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false).joined(separator: new)
    #expect(DownloadRecord(decoding: changed) == nil)
  }
}
