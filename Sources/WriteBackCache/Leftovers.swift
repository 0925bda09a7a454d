// SPDX-License-Identifier: Apache-2.0
//
// What an earlier run left in a cache directory. Pure: rows of the index and names of data files in, a verdict for each out.
//
// For: the start. Nothing may be lost that was acknowledged, and nothing be uploaded that may not be what was written.
// A row with its data file is dirty. After a restart of the machine only what was synced is believed: other bytes may be zeros,
// so they wait for a person, hidden, and the name shows what the bucket has. A row may also be older than the last upload, whose end
// was not synced: what the bucket has now is then replaced by no file, also by one that was to replace whatever is there. A row
// without a data file: data files are removed only after their rows were durably forgotten (DataRemovals), so that is never the rest
// of a removal. If the machine restarted and nothing was synced, the name of the file was lost with the power and nothing that was
// promised: the row goes, with a line in the log. Else somebody took the file away, and that is reported. A data file without a row
// goes when it is marked clean; it is kept and reported when it may be dirty: the row may be lost.

import S3Client

struct Leftovers: Equatable {
  /// A data file as it is found.
  struct DataFile: Equatable {
    var size: Int64
    var mark: DataMark
    /// The errno of why it cannot be opened.
    var failure: Int32?
  }

  /// Dirty files, in the order of their ids.
  var files: [IndexedFile] = []
  /// Those of `files` whose rows say something new.
  var changed: [IndexedFile] = []
  /// Ids of data files that are kept because nobody knows what they are, or rows whose data file is gone, with the reason.
  var unreadable: [String: String] = [:]
  /// Rows of which nothing is left, and nothing was promised.
  var lost: [IndexedFile] = []
  /// Clean data files.
  var removable: [String] = []
  /// Ids of range logs whose data files are clean, or whose copies were begun in the moment of a crash.
  var removableRanges: [String] = []
  /// Ids that are not quarantined any more: somebody has seen to it.
  var released: [String] = []

  static let suspectReason =
    "the machine restarted before these bytes were known to be on its disk; look at them (pail status names the data file), "
    + "then pail uploads MOUNTPOINT retry KEY, or cancel KEY"

  /// A version that no object has, for a file that was the first of its name: only where nothing is it is published still.
  static let forgottenBase = ETag("forgotten")

  /// - Parameters:
  ///   - data: the data files by id.
  ///   - records: ids of record files of format 1.
  ///   - ranges: ids of range logs.
  ///   - isAnotherBoot: the machine was restarted since the directory was used last.
  init(
    _ contents: CacheIndex.Contents, data: [String: DataFile], records: Set<String>, ranges: Set<String> = [],
    isAnotherBoot: Bool
  ) {
    for file in contents.files { add(file, data[file.id], isAnotherBoot) }
    for id in contents.unreadable { unreadable[id] = "its row in the index cannot be read" }
    for (id, reason) in contents.quarantined {
      if data[id] != nil || records.contains(id) { unreadable[id] = reason } else { released.append(id) }
    }
    let known = Set(contents.files.map(\.id))
    for id in records where !known.contains(id) && unreadable[id] == nil {
      unreadable[id] = "the index does not know its record file"
    }
    for (id, file) in data where !known.contains(id) && unreadable[id] == nil {
      if contents.namelessRows > 0 {
        unreadable[id] = "a row of the index that cannot be read may be this one's"
      } else if file.mark == .clean {
        removable.append(id)
      } else {
        unreadable[id] = "the index does not know it, and it may hold what the bucket lacks"
      }
    }
    removableRanges = ranges.filter { !known.contains($0) && unreadable[$0] == nil }.sorted()
    removable.sort()
    released.sort()
  }

  private mutating func add(_ file: IndexedFile, _ data: DataFile?, _ isAnotherBoot: Bool) {
    guard let data else {
      if isAnotherBoot, file.synced == nil { return lost.append(file) }
      unreadable[file.id] = "its data file is missing (\(file.record.key))"
      return
    }
    var judged = file
    if isAnotherBoot {
      // Of a file that is here in part, the range log says what was synced.
      if !file.record.isPartial, !file.isWhole(size: data.size), file.record.parked?.isSuspect != true {
        judged.record.parked = EntryRecord.Parked(reason: Leftovers.suspectReason, isConflict: false, isSuspect: true)
      }
      if file.record.base == nil, !file.record.isExclusive { judged.record.base = Leftovers.forgottenBase }
      // Also of one that cannot be opened now: the next start is in the same run of the machine.
      if judged != file { changed.append(judged) }
    }
    if let code = data.failure {
      unreadable[file.id] = "its data file cannot be opened: \(LocalError.text(code)) (\(file.record.key))"
    } else {
      files.append(judged)
    }
  }
}
