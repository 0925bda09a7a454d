// SPDX-License-Identifier: Apache-2.0
//
// Does what a FormatPlan says, to one cache directory.
//
// For: bringing a directory to the present format before it is used. State: none but the directory. Whoever calls has the
// directory's lock; all calls block. What can go wrong: a full disk, which leaves the directory as it was, to be tried again;
// an unknown format, which is left untouched.

private import Glibc

struct FormatChange {
  /// The cache directory.
  let path: String

  private var format: String { path + "/format" }
  private var index: String { path + "/index.sqlite" }
  private var newIndex: String { index + ".new" }

  /// Does all that is needed and opens the index. A damaged one is set aside.
  func open() throws(WriteBackCacheError) -> CacheIndex {
    do throws(CacheIndexFailure) {
      let steps = try plan()
      do throws(CacheIndexFailure) {
        return try open(after: steps)
      } catch {
        guard error.isDamaged else { throw error }
        return try open(after: try plan(isDamaged: true))
      }
    } catch {
      throw WriteBackCacheError(error.description)
    }
  }

  private func open(after steps: [FormatStep]) throws(CacheIndexFailure) -> CacheIndex {
    for step in steps { try run(step) }
    return try CacheIndex(path: index)
  }

  /// What has to be done.
  func plan(isDamaged: Bool = false) throws(CacheIndexFailure) -> [FormatStep] {
    var found: String?
    if access(format, F_OK) == 0 { found = (SmallFile.read(format) ?? "?").filter { !$0.isWhitespace } }
    let steps = FormatPlan.steps(
      format: found, hasIndex: access(index, F_OK) == 0, isDamaged: isDamaged || !isDatabase)
    guard let steps else {
      throw CacheIndexFailure(
        refused: "the cache directory \(path) has format \((found ?? "").prefix(20)), this pail knows "
          + "\(FormatPlan.current); use the pail that wrote it or choose another with --cache-dir")
    }
    return steps
  }

  /// Whether the index begins as a database does (https://sqlite.org/fileformat.html#magic_header_string). SQLite deletes the
  /// log beside an empty file.
  private var isDatabase: Bool {
    let descriptor = Glibc.open(index, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 16)
    return read(descriptor, &bytes, 16) == 16 && bytes == Array("SQLite format 3\0".utf8)
  }

  func run(_ step: FormatStep) throws(CacheIndexFailure) {
    switch step {
    case .moveIndexAside: try moveIndexAside()
    case .discardIndex: for suffix in FormatChange.suffixes { unlink(index + suffix) }
    case .importRecords: try build(quarantiningRest: false)
    case .importEverything: try build(quarantiningRest: true)
    case .upgradeIndex: try CacheIndex.upgrade(path: index)
    case .installIndex: try check(SmallFile.rename(newIndex, to: index), "install")
    case .writeFormat: try check(SmallFile.replace(format, with: FormatPlan.current + "\n"), "note the format of")
    case .removeRecords: try removeRecords()
    }
  }

  /// What SQLite keeps beside a database. The log is the last: without it the database is another one, and would look whole.
  private static let suffixes = ["", "-shm", "-journal", "-wal"]

  private func moveIndexAside() throws(CacheIndexFailure) {
    var time = Glibc.time(nil)
    // The name is of this second, or of the next one that is free.
    while FormatChange.suffixes.contains(where: { access("\(index).damaged-\(time)\($0)", F_OK) == 0 }) { time += 1 }
    for suffix in FormatChange.suffixes where access(index + suffix, F_OK) == 0 {
      guard rename(index + suffix, "\(index).damaged-\(time)\(suffix)") == 0 else {
        try check(errno, "set aside"); return
      }
    }
    try check(SmallFile.syncDirectory(of: index), "set aside")
  }

  private func build(quarantiningRest: Bool) throws(CacheIndexFailure) {
    var files: [IndexedFile] = []
    var quarantine: [String: String] = [:]
    let (data, records) = try list()
    for id in records {
      if DataName.isID(id), let text = SmallFile.read(recordPath(id)), let record = RecordFile.decode(text) {
        files.append(IndexedFile(id: id, record: record, generation: 1))
      } else {
        quarantine[id] = "its record file cannot be read"
      }
    }
    let known = Set(files.map(\.id))
    for id in data where !known.contains(id) && quarantine[id] == nil {
      if quarantiningRest {
        quarantine[id] = "the index that knew it is damaged or gone"
      } else {
        // Each record of format 1 was synced before its file was written to, and so says for sure that this one is clean.
        try check(DataMark.clean.set("\(path)/data/\(id)"), "mark a clean copy beside")
      }
    }
    try CacheIndexBuilder.build(path: newIndex, files: files.sorted { $0.id < $1.id }, quarantine: quarantine)
  }

  private func removeRecords() throws(CacheIndexFailure) {
    let (_, records) = try list()
    guard !records.isEmpty else { return }
    let index = try CacheIndex(path: self.index)
    defer { index.close() }
    for file in try index.contents().files where records.contains(file.id) {
      // One that stays would later speak of a version long gone.
      if unlink(recordPath(file.id)) != 0, errno != ENOENT { try check(errno, "remove a record file beside") }
    }
  }

  private func recordPath(_ id: String) -> String { "\(path)/data/\(id).entry" }

  private func list() throws(CacheIndexFailure) -> (data: Set<String>, records: Set<String>) {
    switch DataName.list(path + "/data") {
    case .success(let names): return DataName.ids(names)
    case .failure(let failure): throw CacheIndexFailure(code: failure.code, action: "list the files of", path: index)
    }
  }

  private func check(_ code: Int32?, _ action: String) throws(CacheIndexFailure) {
    if let code { throw CacheIndexFailure(code: code, action: action, path: index) }
  }
}
