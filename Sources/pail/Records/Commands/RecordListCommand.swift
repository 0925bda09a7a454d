// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the records of a model.",
    discussion: """
      On a terminal the fields that there is room for; elsewhere all of them. With --json one line for each page, \
      {"nextToken": …, "records": [{…}, …]}; the last page has no nextToken.
      A filter is JSON, as of AppSync: '{"name": {"beginsWith": "A"}, "not": {"coverArtPath": {"attributeExists": false}}}'.
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: ArgumentHelp("Which of them.", valueName: "json"))
  var filter: String?

  @Option(help: "Records at most; with a filter it may be fewer although there are more.")
  var limit: Int?

  @Flag(help: "All of them, page by page.")
  var all = false

  @Option(help: ArgumentHelp("Go on where an earlier list ended.", valueName: "token"))
  var nextToken: String?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: RecordOptions

  func validate() throws {
    if all, limit != nil { throw ValidationError("--limit and --all exclude each other; give one") }
    guard (1...1_000).contains(limit ?? 1) else { throw ValidationError("--limit is 1 to 1000; --all has no limit") }
  }

  func run() throws {
    try RecordRun.run(options, needsBucket: false) { [self] session in
      let model = try session.records.schema.model(argument.model)
      let filter = try RecordFilter(json: filter, option: "--filter")
      let fields = [model.keyName] + model.fields.map(\.name).filter { $0 != model.keyName }
      var table: TextTable?
      var token = nextToken
      repeat {
        let page = try await session.records.list(
          model.name, filter: filter, limit: limit ?? (all ? 1_000 : 100), nextToken: token)
        token = page.nextToken
        // An empty page says nothing, and must not look like the end.
        if page.records.isEmpty, token != nil { continue }
        json ? RecordListCommand.showJSON(page) : show(page, fields, &table)
        if !all { break }
      } while token != nil
      if !all, !json, let token {
        Report.line("pail: there may be more; go on with --next-token \(ObjectText.printable(token)), or list --all")
      }
    }
  }

  private static func showJSON(_ page: RecordPage) {
    var line: [String: RecordValue] = ["records": .list(page.records.map(RecordText.value))]
    if let token = page.nextToken { line["nextToken"] = .string(token) }
    print(RecordValue.object(line).json())
  }

  private func show(_ page: RecordPage, _ fields: [String], _ table: inout TextTable?) {
    let rows = page.records.map { record in fields.map { RecordText.cell(record[$0]) } }
    if table == nil, !rows.isEmpty {
      let new = TextTable(titles: fields.map(ObjectText.printable), rows: rows, width: TerminalWidth.ofOutput)
      print(new.head)
      table = new
    }
    for row in rows { if let table { print(table.line(row)) } }
  }
}
