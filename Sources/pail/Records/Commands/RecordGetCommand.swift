// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordGetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a record.")

  @OptionGroup var record: RecordArgument

  @Flag(help: "Print a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func run() throws {
    try RecordRun.run(options, needsBucket: false) { [self] session in
      let found = try await session.records.get(record.model, id: record.id)
      if json { return print(RecordText.json(found)) }
      for line in RecordText.lines(found, try session.records.schema.model(found.model)) { print(line) }
    }
  }
}
