// SPDX-License-Identifier: Apache-2.0
//
// The directory that holds what is not yet in the bucket.
//
// Layout: `lock` (held with flock by the one process that uses it), `format` (a version number), `index.sqlite` (which files
// are dirty, see CacheIndex), `data/ID` (the bytes of a file),
// `data/ID.ranges` (which of them are there, see RangeLog). State: the lock's descriptor, the open index and a counter for
// names. All calls block; any thread but those of the cooperative pool. What can go wrong: another process has the lock; a
// newer Pail wrote the directory; somebody else may read it. All three refuse the directory and leave it as it is.

private import Glibc
import HTTPTransport
private import Locking

package final class CacheDirectory: Sendable {
  package let path: String
  private let lockFile: FileDescriptor
  private let sequence: Lock<UInt64>
  let index: CacheIndex
  private let nameSync = GroupSync()

  /// Makes `path` when it is missing and takes its lock.
  package init(path: String) throws(WriteBackCacheError) {
    self.path = path
    try CacheDirectory.makeDirectories(path)
    try CacheDirectory.makeDirectories(path + "/data")
    let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw WriteBackCacheError(
        "cannot write to the cache directory \(path): \(LocalError.text(errno)); choose another with --cache-dir")
    }
    lockFile = FileDescriptor(owning: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw WriteBackCacheError(
        "the cache directory \(path) is in use by another pail process; unmount that one or choose another with --cache-dir"
      )
    }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // Names never repeat across restarts, so that a file left behind is never written over.
    sequence = Lock(UInt64(now.tv_sec) &* 1_000_000 &+ UInt64(now.tv_nsec / 1_000))
    index = try FormatChange(path: path).open()
  }

  /// The index is closed before the lock is given up. A child that has just been forked may still have the lock's descriptor, which
  /// closing ours would leave locked.
  deinit {
    index.close()
    flock(lockFile.rawValue, LOCK_UN)
  }

  private static func makeDirectories(_ path: String) throws(WriteBackCacheError) {
    var partial = ""
    for component in path.split(separator: "/") {
      partial += "/" + component
      if mkdir(partial, 0o700) != 0, errno != EEXIST {
        throw WriteBackCacheError(
          "cannot make the cache directory \(path): \(LocalError.text(errno)); choose another with --cache-dir")
      }
    }
    var information = stat()
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
      throw WriteBackCacheError("\(path) is no directory; choose another with --cache-dir")
    }
    guard information.st_uid == geteuid(), information.st_mode & 0o077 == 0 else {
      throw WriteBackCacheError(
        "the cache directory \(path) is open to others; run: chmod 700 \(path) (and own it), or choose another with --cache-dir"
      )
    }
  }

  // MARK: Names

  /// A name that no file has had.
  func newID() -> String {
    let number = sequence.withLock { value in
      value += 1
      return value
    }
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 16 - text.utf8.count)) + text
  }

  func dataPath(_ id: String) -> String { "\(path)/data/\(id)" }

  // MARK: Files

  /// Opens the data file of `id`, new or old. Returns the errno on failure.
  func openData(_ id: String) -> Result<FileDescriptor, CacheDirectoryFailure> {
    let descriptor = open(dataPath(id), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    return descriptor >= 0 ? .success(FileDescriptor(owning: descriptor)) : .failure(CacheDirectoryFailure(code: errno))
  }

  func removeData(_ id: String) { unlink(dataPath(id)) }

  /// Where the range log of a file is that is here only in part.
  func rangesPath(_ id: String) -> String { dataPath(id) + ".ranges" }

  func removeRanges(_ id: String) { unlink(rangesPath(id)) }

  /// Makes the names of all data files durable. Callers at the same time share the work. Returns the errno on failure.
  func syncNames() -> Int32? { nameSync.run { SmallFile.sync(path + "/data") } }

  // MARK: What an earlier run left

  struct Leftovers {
    /// Dirty files, in the order of their ids.
    var files: [IndexedFile] = []
    /// Ids of data files that are kept because nobody knows what they are, with the reason.
    var unreadable: [String: String] = [:]
  }

  /// What an earlier run left; clean copies of that run are removed.
  func leftovers() throws(WriteBackCacheError) -> Leftovers {
    do throws(CacheIndexFailure) {
      let contents = try index.contents()
      switch DataName.list(path + "/data") {
      case .success(let names): return try leftovers(contents, names)
      case .failure(let failure):
        throw CacheIndexFailure(code: failure.code, action: "list the files of", path: index.path)
      }
    } catch {
      throw WriteBackCacheError(error.description)
    }
  }

  private func leftovers(_ contents: CacheIndex.Contents, _ names: [DataName]) throws(CacheIndexFailure) -> Leftovers {
    var leftovers = Leftovers()
    for file in contents.files {
      if access(dataPath(file.id), R_OK | W_OK) == 0 {
        leftovers.files.append(file)
      } else {
        leftovers.unreadable[file.id] = "its data file is missing or cannot be opened (\(file.record.key))"
      }
    }
    for id in contents.unreadable { leftovers.unreadable[id] = "its row in the index cannot be read" }
    let (data, records) = DataName.ids(names)
    for (id, reason) in contents.quarantined {
      if data.contains(id) || records.contains(id) {
        leftovers.unreadable[id] = reason
      } else {
        // Somebody has seen to it.
        try index.release(quarantined: id)
      }
    }
    let known = Set(contents.files.map(\.id))
    for case .ranges(let id) in names where !known.contains(id) && leftovers.unreadable[id] == nil {
      // Of a copy that is clean, or begun in the moment of a crash.
      unlink(rangesPath(id))
      unlink(rangesPath(id) + ".new")
    }
    for id in records where !known.contains(id) && leftovers.unreadable[id] == nil {
      leftovers.unreadable[id] = "the index does not know its record file"
    }
    for id in data where !known.contains(id) && leftovers.unreadable[id] == nil {
      if contents.namelessRows > 0 {
        leftovers.unreadable[id] = "a row of the index that cannot be read may be this one's"
      } else {
        // A data file that the index does not know is a clean copy, or that of a file that was removed: nothing is lost.
        removeData(id)
      }
    }
    return leftovers
  }
}
