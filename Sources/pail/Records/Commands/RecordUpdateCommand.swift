// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordUpdateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Change fields of a record.",
    discussion: """
      Fields that are not given stay as they are; NAME:=null removes one. A field that holds files takes paths of files that are \
      in the bucket already, where its template puts them; attach uploads some. Files that the record names no more are kept.
      """)

  @OptionGroup var record: RecordArgument
  @OptionGroup var values: ValueOptions

  @Option(name: .customLong("if"), help: ArgumentHelp("Only if this filter matches the record.", valueName: "json"))
  var condition: String?

  @Flag(help: "Print the record as a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func validate() throws {
    if values.assignments.isEmpty, values.values == nil {
      throw ValidationError("name a field and its value: NAME=VALUE")
    }
  }

  func run() throws {
    let changed = try RecordRun.run(options) { [self] session in
      let model = try session.records.schema.model(record.model)
      return try await session.records.update(
        model.name, id: record.id, values: try values.values(in: model),
        if: try RecordFilter(json: condition, option: "--if"))
    }
    print(json ? RecordText.json(changed) : "updated: \(RecordText.name(changed))")
  }
}
