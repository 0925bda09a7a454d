// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WriteBackCache

@Suite("Format plan") struct FormatPlanTests {
  private static let anew: [FormatStep] = [.moveIndexAside, .importEverything, .installIndex]

  @Test(
    arguments: [
      ("6", true, false, [.removeRecords]),
      ("6", true, true, anew + [.removeRecords]),
      ("6", false, false, anew + [.removeRecords]),
      ("5", true, false, [.upgradeIndex, .writeFormat, .removeRecords]),
      ("4", true, false, [.upgradeIndex, .writeFormat, .removeRecords]),
      ("3", true, false, [.upgradeIndex, .writeFormat, .removeRecords]),
      ("3", true, true, anew + [.writeFormat, .removeRecords]),
      ("3", false, false, anew + [.writeFormat, .removeRecords]),
      ("2", true, false, [.upgradeIndex, .writeFormat, .removeRecords]),
      ("2", true, true, anew + [.writeFormat, .removeRecords]),
      ("2", false, false, anew + [.writeFormat, .removeRecords]),
      ("1", false, false, [.discardIndex, .importRecords, .installIndex, .writeFormat, .removeRecords]),
      ("1", true, false, [.discardIndex, .importRecords, .installIndex, .writeFormat, .removeRecords]),
      (nil, false, false, anew + [.writeFormat, .removeRecords]),
      (nil, true, false, [.upgradeIndex, .writeFormat, .removeRecords]),
      (nil, true, true, anew + [.writeFormat, .removeRecords]),
      ("7", true, false, nil), ("", true, false, nil), ("1.0", false, false, nil),
    ] as [(String?, Bool, Bool, [FormatStep]?)])
  func steps(format: String?, hasIndex: Bool, isDamaged: Bool, expected: [FormatStep]?) {
    #expect(FormatPlan.steps(format: format, hasIndex: hasIndex, isDamaged: isDamaged) == expected)
  }

  /// Record files are gone only when the format says that the index has them.
  @Test(arguments: ["1", "2", "3", "4", "5", "6", nil] as [String?]) func recordsAreRemovedLast(format: String?) throws
  {
    for hasIndex in [false, true] {
      let steps = try #require(FormatPlan.steps(format: format, hasIndex: hasIndex))
      #expect(steps.last == .removeRecords)
      #expect(!steps.dropLast().contains(.removeRecords))
    }
  }
}
