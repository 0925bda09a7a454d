// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordAttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach",
    abstract: "Upload files and attach them to a record.",
    discussion: """
      In a field with one path the file takes the place of the one that is there, which is deleted then; in a field with a list \
      they come behind those that are there.
      """)

  @OptionGroup var record: RecordArgument

  @Argument(help: "The field that holds their paths.")
  var field: String

  @Argument(help: "What to attach.", completion: .file())
  var files: [String]

  @Flag(help: "Leave a file that is replaced in the bucket.")
  var keepOld = false

  @Flag(help: "Print the record and the paths as a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func run() throws {
    let uploads = try UploadFiles(files)
    let result = try RecordRun.run(options) { [self] session in
      defer { uploads.end() }
      return try await session.records.attach(
        uploads.files, to: record.model, id: record.id, field: field, old: keepOld ? .keep : .delete)
    }
    AttachmentText.show(result.record, paths: result.paths, leftBehind: result.leftBehind, isJSON: json)
  }
}

struct RecordReplaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replace",
    abstract: "Upload a file and put it in the place of another one of a record.",
    discussion: "The old file is deleted when the record names the new one.")

  @OptionGroup var record: RecordArgument

  @Argument(help: "The field that holds its path.")
  var field: String

  @Argument(help: "The path that the record has.")
  var path: String

  @Argument(help: "What to put there.", completion: .file())
  var file: String

  @Flag(help: "Leave the old file in the bucket.")
  var keepOld = false

  @Flag(help: "Print the record and the path as a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func run() throws {
    let uploads = try UploadFiles([file])
    let result = try RecordRun.run(options) { [self] session in
      defer { uploads.end() }
      return try await session.records.replace(
        path, with: uploads.file(0), of: record.model, id: record.id, field: field, old: keepOld ? .keep : .delete)
    }
    AttachmentText.show(result.record, paths: result.paths, leftBehind: result.leftBehind, isJSON: json)
  }
}
