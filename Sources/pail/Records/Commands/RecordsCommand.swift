// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct RecordsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "records",
    abstract: "Keep records and the files that belong to them.",
    discussion: """
      Records are those of an Amplify project (--amplify), or are kept in a SQLite file (--store, with --schema for the models \
      and --bucket for the files). A field that holds the path of a file, or a list of paths, is one that --file-field declares \
      or that is named …Path, …Paths, …Key or …Keys.
      Whatever is interrupted leaves at worst a file that no record names, never a record that names a file which is not there; \
      repair settles it. docs/RECORDS.md tells more.
      """,
    subcommands: [
      RecordModelsCommand.self, RecordListCommand.self, RecordGetCommand.self, RecordCreateCommand.self,
      RecordUpdateCommand.self, RecordDeleteCommand.self, RecordAttachCommand.self, RecordReplaceCommand.self,
      RecordDetachCommand.self, RecordFilesCommand.self, RecordCheckCommand.self, RecordRepairCommand.self,
    ])
}

/// Of which model.
struct ModelArgument: ParsableArguments {
  @Argument(help: "A model of the schema, for example Song.")
  var model: String
}

/// Which record.
struct RecordArgument: ParsableArguments {
  @Argument(help: "A model of the schema, for example Song.")
  var model: String

  @Argument(help: "The record's id.")
  var id: String
}
