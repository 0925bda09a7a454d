// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordCreateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make a record, with files if there are some.",
    discussion: """
      The record is made, then its files are uploaded, then it names them. What fails leaves nothing.
      A database file that is not there yet is made.
      """)

  @OptionGroup var argument: ModelArgument
  @OptionGroup var values: ValueOptions

  @Option(help: "The record's id; a new one unless given.")
  var id: String?

  @Option(
    help: ArgumentHelp("A file for a field; may be repeated, for a list of them.", valueName: "field=path"),
    completion: .file())
  var file: [FileOption] = []

  @Flag(help: "Print the record as a JSON object.")
  var json = false

  @OptionGroup var options: RecordOptions

  func run() throws {
    let uploads = try UploadFiles(file.map(\.path))
    let record = try RecordRun.run(options, makesStore: true) { [self] session in
      defer { uploads.end() }
      let model = try session.records.schema.model(argument.model)
      var files: [String: [RecordFile]] = [:]
      for (option, file) in zip(file, uploads.files) { files[option.field, default: []].append(file) }
      return try await session.records.create(
        model.name, id: id, values: try values.values(in: model), files: files)
    }
    print(json ? RecordText.json(record) : "created: \(RecordText.name(record))")
  }
}
