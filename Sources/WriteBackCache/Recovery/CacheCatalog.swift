// SPDX-License-Identifier: Apache-2.0
//
// What a cache directory holds, without a bucket: for `pail recover`.
//
// For: looking at what an earlier run left, and copying it out. State: the entries as they were found, and the directory's lock for
// as long as this lives, so that no mount changes them meanwhile. Blocks; one thread.
// What can go wrong: a mount uses the directory; it is no cache directory, which is left as it is then; entries that cannot be
// read have no key, only a data file.

private import Glibc
package import Logging
import S3Client
import Transfer

package final class CacheCatalog {
  package struct Entry: Equatable, Sendable {
    package enum State: String, Sendable {
      /// Uploaded by the next mount.
      case waiting
      /// Refused by the store until a person does something.
      case parked
      /// Somebody else has its name in the bucket.
      case conflict
      /// The machine went down before its bytes were known to be on the disk.
      case suspect
      /// Nobody knows what it is.
      case unreadable
    }

    /// Nil for an unreadable one.
    package var key: String?
    /// Bytes.
    package var size: Int64
    package var state: State
    /// In one line.
    package var reason: String?
    /// The local file that holds the bytes.
    package var dataFile: String
    /// Bytes of it that are in the bucket only.
    package var missingBytes: Int64 = 0

    package init(key: String?, size: Int64, state: State, reason: String?, dataFile: String) {
      self.key = key
      self.size = size
      self.state = state
      self.reason = reason
      self.dataFile = dataFile
    }
  }

  private let directory: CacheDirectory
  /// By key, then what has none.
  package let entries: [Entry]

  /// - Parameter user: as for `WriteBackCacheConfiguration.user`.
  package init(path: String, user: String, logger: Logger) throws(WriteBackCacheError) {
    try CacheCatalog.check(path)
    let directory = try CacheDirectory(path: path, user: user)
    self.directory = directory
    let leftovers = try directory.leftovers(logger: logger)
    let files = leftovers.files.map { file in
      var entry = Entry(
        key: file.record.key.string, size: directory.size(file.id), state: file.record.parked.state,
        reason: file.record.parked?.reason, dataFile: directory.dataPath(file.id))
      entry.missingBytes = CacheCatalog.missingBytes(of: file, in: directory)
      return entry
    }
    let unreadable = leftovers.unreadable.map { id, reason in
      Entry(
        key: nil, size: directory.size(id), state: .unreadable, reason: reason, dataFile: directory.dataPath(id))
    }
    entries =
      files.sorted { ($0.key ?? "", $0.dataFile) < ($1.key ?? "", $1.dataFile) }
      + unreadable.sorted { $0.dataFile < $1.dataFile }
  }

  /// Throws for what is no cache directory: opening would make it one.
  package static func check(_ path: String) throws(WriteBackCacheError) {
    guard access(path + "/format", F_OK) == 0 || access(path + "/index.sqlite", F_OK) == 0 else {
      throw WriteBackCacheError(
        "\(path) is no cache directory of pail: it has no file \"format\"; pail status names those of mounts")
    }
  }

  /// Bytes of a copy that may be in the bucket only: all that was not written here. Those that were only read are not told apart.
  private static func missingBytes(of file: IndexedFile, in directory: CacheDirectory) -> Int64 {
    guard file.record.isPartial else { return 0 }
    guard let log = try? RangeLog.open(existing: directory.rangesPath(file.id)), let size = log.history.size else {
      return directory.size(file.id)
    }
    let bytes = LocalBytes(baseSize: file.record.baseSize ?? size, size: size, dirty: log.history.dirty)
    return bytes.missing.byteCount
  }
}

extension EntryRecord.Parked? {
  fileprivate var state: CacheCatalog.Entry.State {
    guard let self else { return .waiting }
    return self.isSuspect ? .suspect : self.isConflict ? .conflict : .parked
  }
}
