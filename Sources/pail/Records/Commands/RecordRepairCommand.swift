// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordRepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Settle what was interrupted.",
    discussion: """
      Workflows are noted in the state directory ($XDG_STATE_HOME/pail/records, or ~/.local/state/pail/records) until they have \
      ended. Of those whose process is gone, files that were uploaded and not attached are deleted, and those that were to be \
      deleted. What records name stays.
      Exit code 1 when something could not be settled.
      """)

  @Flag(help: "Print a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  private struct Answer: Encodable {
    struct Failure: Encodable {
      var model: String
      var id: String
      var message: String
    }

    var settled: Int
    var young: Int
    var deleted: [String]
    var failed: [Failure]
  }

  func run() throws {
    let report = try RecordRun.run(options) { session in try await session.records.repair() }
    if json {
      print(
        try JSONLine.text(
          Answer(
            settled: report.settled, young: report.young, deleted: report.deleted,
            failed: report.failed.map { Answer.Failure(model: $0.model, id: $0.id, message: $0.message) })))
    } else {
      for path in report.deleted { print("deleted: \(ObjectText.printable(path))") }
      print("\(RecordText.count(report.settled, "interrupted workflow")) settled")
      if report.young > 0 { print("\(report.young) younger than two minutes: repair again later") }
    }
    for failure in report.failed {
      Report.line("pail: \(ObjectText.printable("\(failure.model) \(failure.id): \(failure.message)"))")
    }
    if !report.failed.isEmpty { throw ExitCode(1) }
  }
}
