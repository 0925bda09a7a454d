// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordDetachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detach",
    abstract: "Take files out of a record.",
    discussion: "The files stay in the bucket, without --delete. Of a list of paths name some, or say --all.")

  @OptionGroup var record: RecordArgument

  @Argument(help: "The field that holds their paths.")
  var field: String

  @Argument(help: "Paths that the record has.")
  var paths: [String] = []

  @Flag(help: "All files of the field.")
  var all = false

  @Flag(help: "Delete the files, too.")
  var delete = false

  @Flag(help: "Print the record as a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func validate() throws {
    if all, !paths.isEmpty { throw ValidationError("paths and --all exclude each other; give one") }
  }

  func run() throws {
    let (changed, left) = try RecordRun.run(options) { [self] session in
      let records = session.records
      let model = try records.schema.model(record.model)
      if paths.isEmpty, !all, try model.attachment(field).isList {
        throw CommandFailure.usage("\(field) holds a list: name the paths, or say --all")
      }
      let fate: FileFate = delete ? .delete : .keep
      var result = try await records.detach(
        from: model.name, id: record.id, field: field, path: paths.first, files: fate)
      var left = result.leftBehind
      for path in paths.dropFirst() {
        result = try await records.detach(from: model.name, id: record.id, field: field, path: path, files: fate)
        left += result.leftBehind
      }
      return (result.record, left)
    }
    AttachmentText.show(changed, leftBehind: left, isJSON: json)
  }
}
