// SPDX-License-Identifier: Apache-2.0
//
// Looks for what does not belong together: records that name files which are gone, and files that no record names.
//
// Records are read first, then files are listed: what is attached meanwhile looks like an orphan, and what is detached meanwhile like a
// dangling reference. So each finding is looked at once more, by itself, before it is told: the record is read again, the object
// asked for. A file is an orphan only if it can be told to have been attached once: its path has a UUID where the template has
// the id, or it says so in its metadata. All else below the prefix may be somebody's own. Never deleted are files that are young, or
// named by any text of any record.

import FoundationEssentials
import Storage

extension Records {
  /// Compares all records of the schema with all files below the templates' prefixes.
  ///
  /// Takes memory for a page of each, whatever there is.
  public func check(_ options: CheckOptions = CheckOptions()) async throws(RecordError) -> CheckReport {
    let run = RecordCheck(records: self, options: options, tables: try CheckTables())
    defer { run.tables.close() }
    return try await run.run()
  }
}

struct RecordCheck: Sendable {
  let records: Records
  let options: CheckOptions
  let tables: CheckTables
  /// All files of records are below these.
  private let prefixes: [String]

  init(records: Records, options: CheckOptions, tables: CheckTables) {
    self.records = records
    self.options = options
    self.tables = tables
    prefixes = RecordCheck.prefixes(of: records.schema)
  }

  /// References of which at least one has a file, unless the bucket is another one.
  private static let telling = 10

  func run() async throws(RecordError) -> CheckReport {
    // Before the listing: an object that is younger than it was may be one of an upload under way.
    let oldest = Date().addingTimeInterval(-options.grace)
    var report = CheckReport()
    try await readRecords(&report)
    try await listFiles(&report)
    try await tables.index()
    (report.sharedCount, report.shared) = try await tables.shared(limit: options.limit)
    if options.fixes, report.references > 0, report.files == 0 || report.references >= RecordCheck.telling,
      try await !tables.hasFiles()
    {
      throw RecordError(.wrongBucket, "the bucket has none of the \(report.references) files that records name")
    }
    try await findDangling(&report)
    try await findOrphans(&report, modifiedBefore: oldest)
    return report
  }

  // MARK: Reading

  private func readRecords(_ report: inout CheckReport) async throws(RecordError) {
    for name in records.schema.modelNames {
      let model = try records.schema.model(name)
      var token: String?
      repeat {
        let page = try await records.store.list(model, filter: nil, limit: 1_000, nextToken: token)
        token = page.nextToken
        var references: [CheckReport.Reference] = []
        var mentions: [String] = []
        for record in page.records {
          for attachment in model.attachments {
            for path in PathSet(AttachmentValue(attachment, of: record).paths).sorted {
              references.append(.init(model: model.name, id: record.id, field: attachment.name, path: path))
            }
          }
          for (field, value) in record.values where !model.attachments.contains(where: { $0.name == field }) {
            mentions += value.texts.filter(isPath)
          }
        }
        try await tables.add(references, mentions: mentions)
        report.records += page.records.count
        report.references += references.count
        options.onProgress?(CheckProgress(records: report.records, files: 0))
      } while token != nil
    }
  }

  private static func prefixes(of schema: RecordSchema) -> [String] {
    let all = Set(schema.models.values.flatMap { $0.attachments.map(\.template.prefix) })
    // One within another is listed with it.
    return all.filter { prefix in !all.contains { $0 != prefix && prefix.utf8.starts(with: $0.utf8) } }.sorted()
  }

  private func isPath(_ text: String) -> Bool { prefixes.contains { text.utf8.starts(with: $0.utf8) } }

  private func listFiles(_ report: inout CheckReport) async throws(RecordError) {
    for prefix in prefixes {
      var token: String?
      repeat {
        let page = try await records.files.list(prefix, nextToken: token)
        token = page.nextToken
        // Markers of directories are nobody's file.
        let files = page.items.filter { !$0.path.hasSuffix("/") }
        try await tables.add(files.map { .init(path: $0.path, size: $0.size, lastModified: $0.lastModified) })
        report.files += files.count
        options.onProgress?(CheckProgress(records: report.records, files: report.files))
      } while token != nil
    }
  }

  // MARK: Findings

  private func findDangling(_ report: inout CheckReport) async throws(RecordError) {
    var row: Int64 = 0
    while true {
      let page = try await tables.dangling(after: row)
      guard let last = page.last else { return }
      row = last.row
      let dangling = try await sieve(page.map(\.reference)) { (reference) throws(RecordError) in
        try await isDangling(reference)
      }
      for reference in dangling {
        report.danglingCount += 1
        if report.dangling.count < options.limit { report.dangling.append(reference) }
        if options.fixes { await clear(reference, &report) }
      }
    }
  }

  private func isDangling(_ reference: CheckReport.Reference) async throws(RecordError) -> Bool {
    let model = try records.schema.model(reference.model)
    let attachment = try model.attachment(reference.field)
    // A text that names nothing below the prefix may be no path at all.
    guard attachment.covers(reference.path) else { return false }
    guard try await records.files.properties(reference.path) == nil else { return false }
    guard let record = try await records.store.get(model, id: reference.id) else { return false }
    return PathSet(AttachmentValue(attachment, of: record).paths).contains(reference.path)
  }

  private func clear(_ reference: CheckReport.Reference, _ report: inout CheckReport) async {
    do throws(RecordError) {
      // Others of the page were repaired since it was looked at.
      guard try await isDangling(reference) else { return }
      _ = try await records.detach(
        from: reference.model, id: reference.id, field: reference.field, path: reference.path)
      report.cleared += 1
    } catch {
      if error.code == .pathNotAttached || error.code == .recordNotFound { return }
      note(failure: "\(reference.model) \(reference.id): \(error)", &report)
    }
  }

  private func findOrphans(_ report: inout CheckReport, modifiedBefore oldest: Date) async throws(RecordError) {
    let underWay = PathSet(try await records.journal.pathsUnderWay())
    var path = ""
    while true {
      let page = try await tables.unnamed(after: path)
      guard let last = page.last else { return }
      path = last.path
      let old = page.filter { !underWay.contains($0.path) && $0.lastModified.map { $0 < oldest } ?? false }
      report.recentCount += page.count - old.count
      let attached = try await sieve(old) { (file) throws(RecordError) in try await wasAttached(file) }
      let known = PathSet(attached.map(\.path))
      for file in old where !known.contains(file.path) {
        report.unknownCount += 1
        if report.unknown.count < options.limit { report.unknown.append(file) }
      }
      // Somebody may have attached one since the records were read.
      for file in try await sieve(attached, { (file) throws(RecordError) in try await !isNamedNow(file.path) }) {
        try await note(orphan: file, modifiedBefore: oldest, &report)
      }
    }
  }

  /// Whether a file was made for a record.
  private func wasAttached(_ file: CheckReport.Orphan) async throws(RecordError) -> Bool {
    if let known = id(in: file.path), known.isCertain { return true }
    return try await records.files.properties(file.path)?.metadata[AttachmentFiles.workflowKey] != nil
  }

  /// The model and id that a path certainly has.
  private func id(in path: String) -> (id: String, isCertain: Bool)? {
    for model in records.schema.models.values {
      for attachment in model.attachments {
        if let id = attachment.template.uuid(in: path, model: model.name, field: attachment.name) {
          // Below no prefix anything may be anybody's.
          return (id, !attachment.template.prefix.isEmpty)
        }
      }
    }
    return nil
  }

  private func note(failure: String, _ report: inout CheckReport) {
    if report.failures.count < options.limit { report.failures.append(failure) }
  }

  private func note(
    orphan file: CheckReport.Orphan, modifiedBefore oldest: Date, _ report: inout CheckReport
  ) async throws(RecordError) {
    report.orphanCount += 1
    report.orphanBytes += file.size
    if report.orphans.count < options.limit { report.orphans.append(file) }
    guard options.fixes else { return }
    do throws(RecordError) {
      // Since the listing somebody may have put another file there, or attached this one.
      guard let now = try await records.files.properties(file.path), now.lastModified.map({ $0 < oldest }) ?? false,
        try await !PathSet(records.journal.pathsUnderWay()).contains(file.path), try await !isNamedNow(file.path)
      else { return }
      try await records.files.remove(file.path, eTag: now.eTag)
      report.deleted += 1
    } catch {
      note(failure: "\(file.path): \(error)", &report)
    }
  }

  private func isNamedNow(_ path: String) async throws(RecordError) -> Bool {
    // The record whose id the path has is the one that can have come to name it; which model it is of, the path need not tell.
    guard !records.store.findsPathsQuickly, let id = id(in: path)?.id else {
      return try await records.owner(of: path, otherThan: ("", "")) != nil
    }
    for model in records.schema.models.values {
      if let record = try await records.store.get(model, id: id), PathSet(model.paths(of: record)).contains(path) {
        return true
      }
    }
    return false
  }

  /// Those for which it is so, in their order; asks about some at the same time.
  private func sieve<Element: Sendable>(
    _ elements: [Element], _ isSo: @escaping @Sendable (Element) async throws(RecordError) -> Bool
  ) async throws(RecordError) -> [Element] {
    let answers = await withTaskGroup(of: (Int, Result<Bool, RecordError>).self) { group in
      var answers: [Int: Result<Bool, RecordError>] = [:]
      for (index, element) in elements.enumerated() {
        if index >= 16, let (done, answer) = await group.next() { answers[done] = answer }
        group.addTask {
          do throws(RecordError) { return (index, .success(try await isSo(element))) } catch {
            return (index, .failure(error))
          }
        }
      }
      for await (index, answer) in group { answers[index] = answer }
      return answers
    }
    var found: [Element] = []
    for (index, element) in elements.enumerated() where try answers[index]?.get() == true { found.append(element) }
    return found
  }
}
