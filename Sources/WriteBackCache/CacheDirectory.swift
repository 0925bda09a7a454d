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
  /// Data files that may go once the index has durably forgotten them.
  let removals: DataRemovals
  private let nameSync = GroupSync()

  /// Makes `path` when it is missing and takes its lock.
  ///
  /// - Parameter user: who uses it from now on, for the error that others get: "pid 7, mounted at /mnt".
  package init(path: String, user: String = "") throws(WriteBackCacheError) {
    self.path = path
    try CacheDirectory.makeDirectories(path)
    try CacheDirectory.makeDirectories(path + "/data")
    let descriptor = Glibc.open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw WriteBackCacheError(
        "cannot write to the cache directory \(path): \(LocalError.text(errno)); choose another with --cache-dir")
    }
    lockFile = FileDescriptor(owning: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let other = SmallFile.read(path + "/lock").flatMap { $0.split(separator: "\n").first.map(String.init) } ?? ""
      throw WriteBackCacheError(
        "the cache directory \(path) is in use by another pail process\(other.isEmpty ? "" : " (\(other))"); "
          + "unmount that one or choose another with --cache-dir")
    }
    // Nobody depends on it.
    _ = ftruncate(descriptor, 0)
    let note = Array((user + "\n").utf8)
    _ = pwrite(descriptor, note, note.count, 0)
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    // Names never repeat across restarts, so that a file left behind is never written over.
    sequence = Lock(UInt64(now.tv_sec) &* 1_000_000 &+ UInt64(now.tv_nsec / 1_000))
    let index = try FormatChange(path: path).open()
    do throws(CacheIndexFailure) { try index.settleKeys() } catch { throw WriteBackCacheError(error.description) }
    self.index = index
    removals = DataRemovals(directory: path + "/data") { () throws(CacheIndexFailure) in try index.sync() }
  }

  /// The index is closed before the lock is given up. A child that has just been forked may still have the lock's descriptor, which
  /// closing ours would leave locked.
  deinit {
    removals.finish()
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
  private func newID() -> String {
    let number = sequence.withLock { value in
      value += 1
      return value
    }
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 16 - text.utf8.count)) + text
  }

  func dataPath(_ id: String) -> String { "\(path)/data/\(id)" }

  // MARK: Files

  /// An empty data file and its name, clean so far. Returns the errno on failure.
  func makeData() -> Result<(id: String, data: FileDescriptor), CacheDirectoryFailure> {
    if let spare = removals.takeSpare() { return .success((spare.id, spare.data)) }
    let id = newID()
    return open(id, O_CREAT | O_EXCL, DataMark.clean.mode).map { (id, $0) }
  }

  /// Opens the data file of `id`, which an earlier run left dirty. Returns the errno on failure.
  func openData(_ id: String) -> Result<FileDescriptor, CacheDirectoryFailure> {
    // What a crash left between mark and row: the row is right.
    if DataMark(at: dataPath(id)) == .clean { _ = DataMark.dirty.set(dataPath(id)) }
    return open(id, 0, 0)
  }

  private func open(_ id: String, _ flags: Int32, _ mode: mode_t) -> Result<FileDescriptor, CacheDirectoryFailure> {
    let descriptor = Glibc.open(dataPath(id), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, mode)
    return descriptor >= 0 ? .success(FileDescriptor(owning: descriptor)) : .failure(CacheDirectoryFailure(code: errno))
  }

  /// Removes the data file of `id` at once.
  func removeData(_ id: String) { unlink(dataPath(id)) }

  /// Bytes of the data file of `id`; 0 when there is none.
  func size(_ id: String) -> Int64 {
    var information = stat()
    return lstat(dataPath(id), &information) == 0 ? Int64(information.st_size) : 0
  }

  /// Bytes that the data file of `id` takes on the disk.
  func allocatedBytes(_ id: String) -> Int64 {
    var information = stat()
    return lstat(dataPath(id), &information) == 0 ? Int64(information.st_blocks) * 512 : 0
  }

  /// Where the range log of a file is that is here only in part.
  func rangesPath(_ id: String) -> String { dataPath(id) + ".ranges" }

  /// Makes the names of all data files durable. Callers at the same time share the work. Returns the errno on failure.
  func syncNames() -> Int32? { nameSync.run { SmallFile.sync(path + "/data") } }
}
