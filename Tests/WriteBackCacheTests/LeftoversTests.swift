// SPDX-License-Identifier: Apache-2.0

import Glibc
import S3Client
import Testing

@testable import WriteBackCache

@Suite("What an earlier run left") struct LeftoversTests {
  enum Verdict: Equatable { case dirty, suspect, unreadable, lost, removed, absent }

  private static let synced = IndexedFile.Synced(generation: 3, size: 10)

  private func verdict(
    row: IndexedFile?, size: Int64?, mark: DataMark = .dirty, failure: Int32? = nil, isAnotherBoot: Bool
  ) -> Verdict {
    var contents = CacheIndex.Contents()
    if let row { contents.files = [row] }
    var data: [String: Leftovers.DataFile] = [:]
    if let size { data["a"] = Leftovers.DataFile(size: size, mark: mark, failure: failure) }
    let leftovers = Leftovers(contents, data: data, records: [], isAnotherBoot: isAnotherBoot)
    let verdicts: [Verdict] =
      leftovers.files.map { $0.record.parked?.isSuspect == true ? .suspect : .dirty }
      + leftovers.unreadable.map { _ in .unreadable } + leftovers.lost.map { _ in .lost }
      + leftovers.removable.map { _ in .removed }
    #expect(
      verdicts.count <= 1
        && leftovers.changed.count == (isAnotherBoot && row != nil && size != nil ? 1 : 0))
    return verdicts.first ?? .absent
  }

  /// Row there, what it says of the disk, size of the data file, mark, restarted?
  /// SEMANTICS: next-mount, power-loss
  @Test(
    arguments: [
      // The process was killed: all is believed.
      (true, nil, 10, .dirty, false, .dirty),
      (true, synced, 25, .dirty, false, .dirty),
      (true, nil, 10, .clean, false, .dirty),
      (true, nil, nil, .dirty, false, .unreadable),
      (true, synced, nil, .dirty, false, .unreadable),
      // The machine restarted: what was synced is believed.
      (true, synced, 10, .dirty, true, .dirty),
      (true, synced, 10, .clean, true, .dirty),
      (true, nil, 10, .dirty, true, .suspect),
      (true, nil, 0, .dirty, true, .suspect),
      (true, synced, 11, .dirty, true, .suspect),
      (true, synced, 9, .dirty, true, .suspect),
      (true, IndexedFile.Synced(generation: 2, size: 10), 10, .dirty, true, .suspect),
      (true, nil, nil, .dirty, true, .lost),
      (true, synced, nil, .dirty, true, .unreadable),
      // No row.
      (false, nil, 10, .clean, false, .removed),
      (false, nil, 10, .clean, true, .removed),
      (false, nil, 10, .dirty, false, .unreadable),
      (false, nil, 10, .dirty, true, .unreadable),
      (false, nil, nil, .dirty, true, .absent),
    ] as [(Bool, IndexedFile.Synced?, Int64?, DataMark, Bool, Verdict)])
  func verdicts(
    hasRow: Bool, synced: IndexedFile.Synced?, size: Int64?, mark: DataMark, isAnotherBoot: Bool, expected: Verdict
  ) {
    let row = hasRow ? IndexedFile(id: "a", record: .small("k"), generation: 3, synced: synced) : nil
    #expect(verdict(row: row, size: size, mark: mark, isAnotherBoot: isAnotherBoot) == expected)
  }

  @Test func aDataFileThatCannotBeOpenedIsKept() {
    let row = IndexedFile(id: "a", record: .small("k"), generation: 3, synced: Self.synced)
    for isAnotherBoot in [false, true] {
      #expect(verdict(row: row, size: 10, failure: EACCES, isAnotherBoot: isAnotherBoot) == .unreadable)
    }
    // The next start is in the same run of the machine, and must know.
    var contents = CacheIndex.Contents()
    contents.files = [IndexedFile(id: "a", record: .small("k"), generation: 3)]
    let data = ["a": Leftovers.DataFile(size: 10, mark: .dirty, failure: EACCES)]
    let changed = Leftovers(contents, data: data, records: [], isAnotherBoot: true).changed
    #expect(changed.map(\.record.parked?.isSuspect) == [true])
  }

  @Test func whatWasSuspectBeforeIsNotJudgedAgain() {
    var record = EntryRecord.small("k")
    record.parked = EntryRecord.Parked(reason: "as before", isConflict: false, isSuspect: true)
    var contents = CacheIndex.Contents()
    record.isExclusive = true
    contents.files = [IndexedFile(id: "a", record: record, generation: 1)]
    let data = ["a": Leftovers.DataFile(size: 1, mark: .dirty)]
    let leftovers = Leftovers(contents, data: data, records: [], isAnotherBoot: true)
    #expect(leftovers.changed.isEmpty && leftovers.files.map(\.record) == [record])
  }

  /// The row may be older than the last upload of the file.
  /// SEMANTICS: power-loss
  @Test func aFileThatReplacesAnyReplacesNothingAfterARestart() {
    let new = EntryRecord.small("k")
    let exclusive = new.changed { $0.isExclusive = true }
    let known = new.changed { $0.base = ETag("a") }
    let forgotten = new.changed { $0.base = Leftovers.forgottenBase }
    for (record, expected) in [(new, forgotten), (exclusive, exclusive), (known, known), (forgotten, forgotten)] {
      var contents = CacheIndex.Contents()
      contents.files = [IndexedFile(id: "a", record: record, generation: 3, synced: Self.synced)]
      for isAnotherBoot in [false, true] {
        let leftovers = Leftovers(
          contents, data: ["a": Leftovers.DataFile(size: 10, mark: .dirty)], records: [], isAnotherBoot: isAnotherBoot)
        #expect(leftovers.files.map(\.record) == [isAnotherBoot ? expected : record])
        #expect(leftovers.changed.count == (isAnotherBoot && expected != record ? 1 : 0))
      }
    }
  }
}
