// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Records
import Storage

struct RecordFilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "files",
    abstract: "List, link or download the files of a record.",
    discussion: """
      A download puts each file into the directory under the last name of its path; what is there already is never replaced, and \
      names that begin with a dot get an underscore before it.
      """)

  @OptionGroup var record: RecordArgument

  @Argument(help: "A field that holds paths; all such fields unless given.")
  var field: String?

  @Flag(help: "With a URL for each, with which anybody can read it.")
  var url = false

  @Option(help: ArgumentHelp("How long the URLs work, in seconds or as 15m, up to 168h.", valueName: "duration"))
  var expiresIn = DurationOption(seconds: 900)

  @Option(help: ArgumentHelp("Download them into this directory.", valueName: "directory"), completion: .directory)
  var download: String?

  @Flag(help: "Print a JSON object for each file.")
  var json = false

  @OptionGroup var options: RecordOptions

  private struct Line: Encodable {
    var field: String
    var index: Int
    var path: String
    var url: String?
    var expiresAt: Date?
    var file: String?
    var size: Int64?
  }

  func validate() throws {
    if url, download != nil { throw ValidationError("--url and --download exclude each other; give one") }
  }

  func run() throws {
    if let download, !LocalTree.isDirectory(download) {
      throw CommandFailure("\(ObjectText.printable(download)): there is no such directory")
    }
    let lines = try RecordRun.run(options, needsBucket: url || download != nil) { [self] session in
      if let download {
        let run = RecordDownload(session: session, record: record, field: field, directory: download)
        return try await run.run().map { done in
          Line(
            field: done.file.field, index: done.file.index, path: done.file.path, file: done.local, size: done.size)
        }
      }
      if url {
        let urls = try await session.records.urls(
          of: record.model, id: record.id, field: field,
          options: URLOptions(expiresIn: Int(min(expiresIn.seconds, 1e9))))
        return urls.map { file, url in
          Line(
            field: file.field, index: file.index, path: file.path, url: url.url.absoluteString, expiresAt: url.expiresAt
          )
        }
      }
      let found = try await session.records.get(record.model, id: record.id)
      return try session.records.files(of: found, field: field).map {
        Line(field: $0.field, index: $0.index, path: $0.path)
      }
    }
    try show(lines)
  }

  private func show(_ lines: [Line]) throws {
    if json {
      for line in lines { print(try JSONLine.text(line)) }
      return
    }
    let rows = lines.map { line in
      [line.field, line.path, line.url ?? line.file].compactMap { $0 }.map(ObjectText.printable)
    }
    // Paths and URLs are to be copied: nothing is cut.
    let table = TextTable(titles: ["", "", ""], rows: rows, width: nil)
    for row in rows { print(table.line(row)) }
  }
}
