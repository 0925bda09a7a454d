// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage

/// How objects are made, for the commands that make some.
struct ObjectOptions: ParsableArguments {
  @Option(help: "Content-Type; guessed from the name when left out.")
  var contentType: String?

  @Option(help: "Content-Encoding.")
  var contentEncoding: String?

  @Option(help: "Content-Disposition.")
  var contentDisposition: String?

  @Option(help: "Content-Language.")
  var contentLanguage: String?

  @Option(help: "Cache-Control.")
  var cacheControl: String?

  @Option(help: ArgumentHelp("Metadata of the object; may be repeated.", valueName: "name=value"))
  var metadata: [MetadataOption] = []

  @Flag(help: "Fail for a destination that exists.")
  var noOverwrite = false

  @Option(help: ArgumentHelp("Bytes of a part, for example 16M.", valueName: "size"))
  var partSize = SizeOption(bytes: 8 << 20)

  @Option(help: "Parts of a file under way at once.")
  var concurrency = 8

  func validate() throws {
    guard (1...256).contains(concurrency) else { throw ValidationError("--concurrency is 1 to 256") }
  }

  var isPlain: Bool {
    contentType == nil && contentEncoding == nil && contentDisposition == nil && contentLanguage == nil
      && cacheControl == nil && metadata.isEmpty
  }
}

/// What cp and mv have in common.
struct CopyArguments: ParsableArguments {
  @Argument(help: ArgumentHelp("What to copy, and last the destination.", valueName: "source ... destination"))
  var locations: [String]

  @Flag(name: .shortAndLong, help: "Take everything below the sources.")
  var recursive = false

  @Flag(help: "Print a JSON object for each file.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print errors only.")
  var quiet = false

  func validate() throws {
    guard locations.count >= 2 else { throw ValidationError("name a source and a destination") }
  }

  func run(isMove: Bool, _ object: ObjectOptions, _ store: StoreOptions) throws {
    let parsed = try locations.map(ObjectLocation.init)
    if isMove, parsed.contains(.standardStream) { throw CommandFailure.usage("- cannot be moved; use cp") }
    let request = CopyRequest(
      sources: Array(parsed.dropLast()), destination: parsed[parsed.count - 1], isRecursive: recursive)
    let run = CopyRun(
      storage: store.storage(), store: store, object: object, report: CopyReport(isJSON: json, isQuiet: quiet),
      isMove: isMove)
    try AsyncRun.run { try await run.run(request) }
  }
}

struct CopyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cp",
    abstract: "Copy files to a bucket, objects to files, or objects to objects.",
    discussion: """
      Each SOURCE is a path, s3://BUCKET/KEY or - (standard input); DESTINATION too (- is standard output). A destination \
      that ends with / or is a directory takes the sources under their own names. With --recursive it takes what is in the \
      sources.
      Ctrl-C keeps what was transferred: the same command again goes on with it, within an hour for uploads.
      """)

  @OptionGroup var arguments: CopyArguments
  @OptionGroup var object: ObjectOptions
  @OptionGroup var store: StoreOptions

  func run() throws { try arguments.run(isMove: false, object, store) }
}

struct MoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mv",
    abstract: "Move objects in the store, or files and objects to each other.",
    discussion: """
      As cp, and each source is removed when its copy is whole and on the disk. What was changed after it was copied stays.
      """)

  @OptionGroup var arguments: CopyArguments
  @OptionGroup var object: ObjectOptions
  @OptionGroup var store: StoreOptions

  func run() throws { try arguments.run(isMove: true, object, store) }
}
