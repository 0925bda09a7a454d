// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount
import Records
import Storage

/// Where records and their files are, for every command about them.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The project's amplify_outputs.json, which has models, store, bucket and users; the one in the working directory, without "
        + "--schema.", valueName: "file"), completion: .file(extensions: ["json"]))
  var amplify: String?

  @Flag(help: "As a guest of the project, also when somebody has signed in.")
  var guest = false

  @Option(
    help: ArgumentHelp(
      "Where the records are: appsync, which is the default for a project, or a SQLite file.", valueName: "appsync|file"
    ),
    completion: .file())
  var store: String?

  @Option(help: "How requests to AppSync show who makes them; the project's default unless given.")
  var authorization: Authorization?

  @Option(help: "JSON file with the models, instead of the project's.", completion: .file(extensions: ["json"]))
  var schema: String?

  @Option(
    help: ArgumentHelp(
      "Where the files are: s3://BUCKET, or a bucket by the name that the project gives it; its default one unless given.",
      valueName: "bucket"))
  var bucket: String?

  @OptionGroup var files: AttachmentOptions
  @OptionGroup var address: StoreAddressOptions

  enum Authorization: String, ExpressibleByArgument, CaseIterable {
    case apiKey, userPool, iam
  }

  /// The project's file, when there is one to be read.
  var project: String? { amplify ?? (schema == nil ? "amplify_outputs.json" : nil) }

  func validate() throws {
    if guest, project == nil { throw ValidationError("--guest has no effect: add --amplify FILE") }
    if guest, address.profile != nil { throw ValidationError("--guest and --profile exclude each other; give one") }
    guard let store else { return }
    switch RecordStoreLocation(store) {
    case nil: throw ValidationError("--store is appsync, or the path of a file")
    case .appSync: if project == nil { throw ValidationError("--store appsync is of a project: add --amplify FILE") }
    case .sqlite:
      if authorization != nil { throw ValidationError("--authorization is for AppSync, and --store names a file") }
    }
  }
}

/// Which fields hold paths of files, and where those files are.
struct AttachmentOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A field that holds paths of files; may be repeated.", valueName: "model.field"))
  var fileField: [String] = []

  @Flag(help: "Fields named …Path, …Paths, …Key or …Keys hold paths only when --file-field says so.")
  var noFileNames = false

  @Option(help: ArgumentHelp("Where files are put; has {id} and {name}, also {model} and {field}.", valueName: "path"))
  var template = PathTemplate.standard.text

  @Option(help: ArgumentHelp("The same for one field; may be repeated.", valueName: "model.field=path"))
  var templateOf: [MetadataOption] = []

  func rules() throws(RecordError) -> AttachmentRules {
    var templates: [String: PathTemplate] = [:]
    for option in templateOf { templates[option.name] = try PathTemplate(option.value) }
    return AttachmentRules(
      fields: fileField, usesNames: !noFileNames, template: try PathTemplate(template), templates: templates)
  }
}
