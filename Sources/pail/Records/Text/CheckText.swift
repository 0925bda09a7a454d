// SPDX-License-Identifier: Apache-2.0

import Foundation
import Mount
import Records

/// What a check found, in words for a terminal and in JSON. Pure.
enum CheckText {
  struct Answer: Encodable {
    var records: Int
    var references: Int
    var files: Int
    var danglingCount: Int
    var dangling: [CheckReport.Reference]
    var orphanCount: Int
    var orphanBytes: Int64
    var orphans: [CheckReport.Orphan]
    var sharedCount: Int
    var shared: [CheckReport.Reference]
    var recentCount: Int
    var unknownCount: Int
    var unknown: [CheckReport.Orphan]
    var cleared: Int
    var deleted: Int
    var failures: [String]

    init(_ report: CheckReport) {
      (records, references, files) = (report.records, report.references, report.files)
      (danglingCount, dangling) = (report.danglingCount, report.dangling)
      (orphanCount, orphanBytes, orphans) = (report.orphanCount, report.orphanBytes, report.orphans)
      (sharedCount, shared) = (report.sharedCount, report.shared)
      (recentCount, unknownCount, unknown) = (report.recentCount, report.unknownCount, report.unknown)
      (cleared, deleted, failures) = (report.cleared, report.deleted, report.failures)
    }
  }

  static func lines(_ report: CheckReport) -> [String] {
    var lines = [
      "\(RecordText.count(report.records, "record")) with \(RecordText.count(report.references, "path")), "
        + "\(RecordText.count(report.files, "file")) in the bucket"
    ]
    add(
      "\(RecordText.count(report.danglingCount, "path")) in records whose file is gone",
      report.dangling.map(reference), of: report.danglingCount, to: &lines)
    add(
      "\(RecordText.count(report.orphanCount, "file")), \(ByteCount.text(report.orphanBytes)), that no record names any more",
      report.orphans.map(file), of: report.orphanCount, to: &lines)
    add(
      "\(RecordText.count(report.sharedCount, "path")) that several records name: whose they are only people know",
      report.shared.map(reference), of: max(report.sharedCount, report.shared.count), to: &lines)
    if report.recentCount > 0 {
      lines.append(
        "\(RecordText.count(report.recentCount, "file")) that no record names yet: too new to be told from an upload under way"
      )
    }
    add(
      "\(RecordText.count(report.unknownCount, "file")) that may never have been a record's: not touched",
      report.unknown.map(file), of: report.unknownCount, to: &lines)
    if report.cleared > 0 { lines.append("\(RecordText.count(report.cleared, "path")) taken out of records") }
    if report.deleted > 0 { lines.append("\(RecordText.count(report.deleted, "file")) deleted") }
    return lines
  }

  private static func add(_ head: String, _ findings: [String], of count: Int, to lines: inout [String]) {
    guard count > 0 else { return }
    lines.append(head)
    lines += findings.map { "  " + ObjectText.printable($0) }
    if findings.count < count { lines.append("  and \(count - findings.count) more") }
  }

  private static func reference(_ reference: CheckReport.Reference) -> String {
    "\(reference.model) \(reference.id) \(reference.field): \(reference.path)"
  }

  private static func file(_ file: CheckReport.Orphan) -> String { "\(file.path) (\(ByteCount.text(file.size)))" }

  /// How far a check is.
  static func progress(_ progress: CheckProgress) -> String {
    "pail: \(RecordText.count(progress.records, "record")) read, \(RecordText.count(progress.files, "file")) listed"
  }
}
