// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import Testing

@testable import WriteBackCache

@Suite("Attempts of which nobody knows the end") struct AttemptsTests {
  private static func attempt(
    _ generation: UInt64, since: Double = 1, size: Int64? = nil, isTelling: Bool = true
  ) -> Attempts.Attempt {
    Attempts.Attempt(
      generation: generation, since: since, mark: size.map { VersionMark(size: $0, crc32: 7) }, properties: nil,
      isTelling: isTelling)
  }

  @Test func aRepeatedOneCountsFromItsFirstTime() {
    var attempts = Attempts()
    attempts.add(Self.attempt(3, since: 10, size: 5))
    attempts.add(Self.attempt(3, since: 20, size: 5))
    #expect(attempts.list.count == 1 && attempts.since(3) == 10 && attempts.since(2) == nil)
    // By another way to the bucket.
    attempts.add(Self.attempt(3, since: 5, size: nil))
    #expect(attempts.list.count == 2 && attempts.since(3) == 5)
  }

  /// All have the same condition: the first that arrives makes the others fail.
  @Test func theFirstIsKeptLongest() {
    var attempts = Attempts()
    for number in 0..<20 { attempts.add(Self.attempt(UInt64(number), size: Int64(number))) }
    #expect(attempts.marks.map(\.size) == [0] + (13..<20).map { Int64($0) })
  }

  @Test func whatSaysTooLittleTellsNothing() {
    let attempts = Attempts([Self.attempt(1, size: 3, isTelling: false), Self.attempt(2, size: 300)])
    #expect(attempts.telling.map(\.mark?.size) == [300] && attempts.marks.map(\.size) == [3, 300])
  }

  /// SEMANTICS: own-version
  @Test(
    arguments: [
      (32, false, false, true), (31, true, false, false), (31, true, true, true), (31, false, true, false),
      (0, true, true, true),
    ] as [(Int64, Bool, Bool, Bool)])
  func bytesTell(_ count: Int64, _ isAll: Bool, _ isOfEarlierRun: Bool, _ expected: Bool) {
    let attempts = Attempts([Self.attempt(4, size: isOfEarlierRun ? nil : 9)])
    #expect(attempts.tellByBytes(4, count: count, isAll: isAll, isFirst: false) == expected)
    #expect(attempts.tellByBytes(4, count: count, isAll: isAll, isFirst: true) == (expected && isOfEarlierRun))
    #expect(!attempts.tellByBytes(5, count: count, isAll: isAll, isFirst: false))
  }

  /// While a writer takes down what an earlier run may have made.
  @Test func whatWasNotDoneIsWithdrawnAlone() {
    let earlier = Attempts([Self.attempt(4), Self.attempt(3, size: 30)])
    var attempts = earlier
    attempts.add(
      Attempts.Attempt(
        generation: 4, since: 2, mark: VersionMark(size: 41, crc32: 1), properties: ObjectProperties(),
        isTelling: true))
    attempts.mark(4, VersionMark(size: 40, crc32: 2))
    attempts.withdraw(4, since: earlier)
    #expect(attempts.marks.map(\.size) == [40, 30])
    // One that an earlier attempt had made known already is as unclear as before.
    let known = attempts
    attempts.add(Self.attempt(3, size: 30))
    attempts.withdraw(3, since: known)
    #expect(attempts.marks.map(\.size) == [40, 30])
  }

  /// Its bytes are about to go.
  @Test func anAttemptOfAnEarlierRunIsMarkedOnce() {
    var attempts = Attempts([Self.attempt(4)])
    #expect(attempts.lacksMark(4) && !attempts.lacksMark(5))
    attempts.mark(5, VersionMark(size: 1, crc32: 1))
    attempts.mark(4, VersionMark(size: 2, crc32: 2))
    attempts.mark(4, VersionMark(size: 3, crc32: 3))
    #expect(attempts.marks.map(\.size) == [2] && !attempts.lacksMark(4))
  }

  @Test func marksComeBackFromTheIndex() {
    let marks = [
      VersionMark(size: 0, crc32: 0), VersionMark(size: 1 << 50, crc32: .max, etag: ETag("a-2"), checksum: "AAAA-2"),
      VersionMark(size: 7, crc32: nil, etag: ETag("-"), checksum: nil),
      VersionMark(size: 8, crc32: 1, etag: ETag(" %\n\u{0}ü"), checksum: ""),
    ]
    #expect(VersionMarksText.encode(marks).map(VersionMarksText.decode) == marks)
    #expect(VersionMarksText.encode([]) == nil)
  }

  /// Only the saving is lost.
  @Test(arguments: ["", "x", "1 2 -", "-1 2 - -", "1 4294967296 - -", "1 2 a -", "1 2 =% -", "1 2 - - -"] as [String])
  func aDamagedLineIsNoMark(_ line: String) {
    #expect(VersionMarksText.decode("\(line)\n5 6 - -") == [VersionMark(size: 5, crc32: 6)])
  }
}
