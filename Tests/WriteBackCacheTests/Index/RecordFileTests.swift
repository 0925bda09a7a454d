// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing

@testable import WriteBackCache

@Suite("Record file of format 1") struct RecordFileTests {
  private static let full = EntryRecord.full

  @Test func comesBackWhole() { #expect(RecordFile.decode(FormatOne.encode(Self.full)) == Self.full) }

  @Test func aConflictIsToldFromARefusal() {
    let record = Self.full.changed { $0.parked?.isConflict = true }
    #expect(FormatOne.encode(record).contains("\nconflict PutObject:%20AccessDenied%20(403)\n"))
    #expect(RecordFile.decode(FormatOne.encode(record)) == record)
  }

  @Test func comesBackWithLittle() {
    #expect(RecordFile.decode("pail-entry 1\nkey k\nend\n") == EntryRecord.small("k"))
  }

  @Test func isRefusedWhenTorn() {
    let text = FormatOne.encode(Self.full)
    for length in 0..<text.utf8.count {
      #expect(RecordFile.decode(String(decoding: text.utf8.prefix(length), as: UTF8.self)) == nil)
    }
  }

  @Test(
    arguments: [
      "", "pail-entry 2\nkey k\nend\n", "pail-entry 1\nend\n", "pail-entry 1\nkey %\nend\n",
      "pail-entry 1\nkey %GG\nend\n",
      "pail-entry 1\nkey k\nnews x\nend\n", "pail-entry 1\nkey k\nmeta one\nend\n", "pail-entry 1\nkey\nend\n",
      "pail-entry 1\nkey %ff\nend\n",
    ] as [String])
  func isRefusedWhenForeign(text: String) { #expect(RecordFile.decode(text) == nil) }
}
