// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete a record and its files.",
    discussion: "The record goes before its files do.")

  @OptionGroup var record: RecordArgument

  @Flag(help: "Leave its files in the bucket.")
  var keepFiles = false

  @Flag(help: "Before it the records that belong to it, and their files.")
  var cascade = false

  @Flag(help: "Print what it was as a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func run() throws {
    let deleted = try RecordRun.run(options) { [self] session in
      try await session.records.delete(
        record.model, id: record.id, files: keepFiles ? .keep : .delete, cascade: cascade)
    }
    print(json ? RecordText.json(deleted) : "deleted: \(RecordText.name(deleted))")
  }
}
