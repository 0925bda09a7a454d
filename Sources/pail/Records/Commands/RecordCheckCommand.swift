// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials
import Glibc
import Records

struct RecordCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for records whose files are gone, and for files that no record names.",
    discussion: """
      Only files are called orphans, and deleted with --fix, that were attached once: their path has a record's id, or they say so \
      in their metadata. Files that are younger than --grace may belong to uploads under way, and are left alone.
      Exit code 1 when something was found and is still there.
      """)

  @Flag(help: "Delete orphans, and take paths out of records whose files are gone. Asks first.")
  var fix = false

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  @Option(help: ArgumentHelp("How old a file must be to be an orphan.", valueName: "duration"))
  var grace = GraceOption(seconds: 86_400)

  @Flag(help: "Print a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func validate() throws {
    if yes, !fix { throw ValidationError("--yes has no effect: add --fix") }
  }

  func run() throws {
    if fix, !yes, isatty(0) != 1 {
      throw CommandFailure.usage(
        "there is no terminal to ask at: look at what `pail records check` finds, then say --fix --yes")
    }
    var hasFixed = fix && yes
    var report = try check(fixes: hasFixed)
    if fix, !yes, report.canBeFixed {
      for line in CheckText.lines(report) { Report.line(line) }
      guard try confirm(report) else { throw CommandFailure("nothing was changed") }
      hasFixed = true
      report = try check(fixes: true)
    }
    if json {
      print(try JSONLine.text(CheckText.Answer(report)))
    } else {
      for line in CheckText.lines(report) { print(line) }
    }
    for failure in report.failures { Report.line("pail: \(ObjectText.printable(failure))") }
    let isDone = report.sharedCount == 0 && report.failures.isEmpty && (hasFixed || !report.canBeFixed)
    if !isDone { throw ExitCode(1) }
  }

  private func check(fixes: Bool) throws -> CheckReport {
    let display = CountDisplay()
    defer { display.end() }
    return try RecordRun.run(options) { [grace] session in
      if fixes { try await RecordCheckCommand.requireRecords(session.records) }
      return try await session.records.check(
        CheckOptions(fixes: fixes, grace: grace.seconds) { progress in display.note(CheckText.progress(progress)) })
    }
  }

  /// In a store without any record every file is an orphan. That is more often the wrong store.
  private static func requireRecords(_ records: Records) async throws {
    for model in records.schema.modelNames {
      var token: String?
      repeat {
        let page = try await records.list(model, limit: 1, nextToken: token)
        if !page.records.isEmpty { return }
        token = page.nextToken
      } while token != nil
    }
    throw CommandFailure(
      "the store has no records at all, so it may be the wrong one, and nothing was deleted; `pail rm -r` removes files of the right one"
    )
  }

  private func confirm(_ report: CheckReport) throws -> Bool {
    var works: [String] = []
    if report.orphanCount > 0 { works.append("delete \(RecordText.count(report.orphanCount, "file"))") }
    if report.danglingCount > 0 {
      works.append("take \(RecordText.count(report.danglingCount, "path")) out of records")
    }
    let answer = try TerminalPrompt.ask("\(works.joined(separator: " and ").capitalizedFirst)? [y/N] ", isSecret: false)
    return answer?.withBytes { ["y", "yes"].contains(String(decoding: $0, as: UTF8.self).lowercased()) } ?? false
  }
}

/// How old, as `24h`, also in days: `7d`.
struct GraceOption: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    if argument.hasSuffix("d") {
      guard let days = DurationOption(argument: String(argument.dropLast())) else { return nil }
      seconds = days.seconds * 86_400
    } else {
      guard let duration = DurationOption(argument: argument) else { return nil }
      seconds = duration.seconds
    }
  }

  init(seconds: Double) { self.seconds = seconds }

  var defaultValueDescription: String { "\(Int(seconds / 3_600))h" }
}

extension CheckReport {
  /// Whether there is something to repair.
  fileprivate var canBeFixed: Bool { danglingCount + orphanCount > 0 }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
