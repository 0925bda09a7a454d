// SPDX-License-Identifier: Apache-2.0
//
// What has to be done to a cache directory before its index can be opened. Pure: what is there in, steps out.
//
// For: directories of format 1, whose records are files; directories without an index; damaged ones. The steps are such that
// a crash between any two, or within one, loses nothing: with format 1 what is in an index is thrown away and imported anew,
// because the record files are only removed once the format is the present one; what formats 3 to 6 added to the tables is
// added in one transaction, and only where it is missing. What can go wrong: a newer pail wrote the directory;
// there are no steps then.

/// One thing that is done, and is done again after a crash without harm.
enum FormatStep: CaseIterable {
  /// Renames an index, so that its name is free and nothing of it is lost.
  case moveIndexAside
  /// Removes an index that was not finished.
  case discardIndex
  /// Makes a new index of the record files, under another name. A data file without a record is a clean copy.
  case importRecords
  /// The same, but nobody knows what a data file without a record is.
  case importEverything
  /// Adds to an index of format 2 to 5 what it lacks.
  case upgradeIndex
  /// Gives the new index its name.
  case installIndex
  case writeFormat
  /// Removes the record files of what the index has.
  case removeRecords
}

enum FormatPlan {
  /// What this version writes.
  static let current = "6"

  /// - Parameters:
  ///   - format: the content of the file `format`; nil when there is none.
  ///   - isDamaged: the index was tried and cannot be used.
  /// - Returns: nil for a format that is not known.
  static func steps(format: String?, hasIndex: Bool, isDamaged: Bool = false) -> [FormatStep]? {
    let isUsable = hasIndex && !isDamaged
    switch format {
    case current:
      return isUsable ? [.removeRecords] : [.moveIndexAside, .importEverything, .installIndex, .removeRecords]
    case "2", "3", "4", "5":
      return (isUsable ? [.upgradeIndex] : [.moveIndexAside, .importEverything, .installIndex])
        + [.writeFormat, .removeRecords]
    case "1": return [.discardIndex, .importRecords, .installIndex, .writeFormat, .removeRecords]
    case nil:
      // A new directory, or somebody removed the file. What has the index's name is whole.
      return isUsable
        ? [.upgradeIndex, .writeFormat, .removeRecords]
        : [.moveIndexAside, .importEverything, .installIndex, .writeFormat, .removeRecords]
    default: return nil
    }
  }
}
