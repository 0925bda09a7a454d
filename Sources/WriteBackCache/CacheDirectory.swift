// SPDX-License-Identifier: Apache-2.0
//
// The directory that holds what is not yet in the bucket.
//
// Layout: `lock` (held with flock by the one process that uses it), `format` (a version number), `data/ID` (the bytes of a
// file), `data/ID.entry` (its EntryRecord while it is dirty). State: the lock's descriptor and a counter for names. All calls
// block; any thread but those of the cooperative pool. What can go wrong: another process has the lock; a newer Pail wrote
// the directory; somebody else may read it. All three refuse the directory and leave it as it is.

private import Glibc
import HTTPTransport
private import Locking

package final class CacheDirectory: Sendable {
  package let path: String
  private let lockFile: FileDescriptor
  private let sequence: Lock<UInt64>

  private static let format = "1"

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
    try checkFormat()
  }

  private func checkFormat() throws(WriteBackCacheError) {
    let file = path + "/format"
    if let text = CacheDirectory.read(file) {
      let found = text.filter { !$0.isWhitespace }
      guard found == CacheDirectory.format else {
        throw WriteBackCacheError(
          "the cache directory \(path) has format \(found.prefix(20)), this pail knows \(CacheDirectory.format); "
            + "use the pail that wrote it or choose another with --cache-dir")
      }
    } else if let code = replace(file, with: CacheDirectory.format + "\n", durably: true) {
      throw WriteBackCacheError(
        "cannot write to the cache directory \(path): \(LocalError.text(code)); choose another with --cache-dir")
    }
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
  func recordPath(_ id: String) -> String { "\(path)/data/\(id).entry" }

  // MARK: Files

  /// Opens the data file of `id`, new or old. Returns the errno on failure.
  func openData(_ id: String) -> Result<FileDescriptor, CacheDirectoryFailure> {
    let descriptor = open(dataPath(id), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    return descriptor >= 0 ? .success(FileDescriptor(owning: descriptor)) : .failure(CacheDirectoryFailure(code: errno))
  }

  /// Writes the record of `id`. Returns the errno on failure.
  func save(_ record: EntryRecord, for id: String, durably: Bool) -> Int32? {
    replace(recordPath(id), with: record.encoded, durably: durably)
  }

  func removeRecord(_ id: String) { unlink(recordPath(id)) }

  func removeData(_ id: String) { unlink(dataPath(id)) }

  /// The records of an earlier run, with those that cannot be read (by id).
  func leftovers() -> (records: [(id: String, record: EntryRecord)], unreadable: [String]) {
    var records: [(id: String, record: EntryRecord)] = []
    var unreadable: [String] = []
    var ids: Set<String> = []
    var orphans: [String] = []
    guard let stream = opendir(path + "/data") else { return ([], []) }
    defer { closedir(stream) }
    while let entry = Glibc.readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      guard name.hasSuffix(".entry") else {
        if !name.hasSuffix(".new") { orphans.append(name) }
        continue
      }
      let id = String(name.dropLast(".entry".utf8.count))
      ids.insert(id)
      if let text = CacheDirectory.read(recordPath(id)), let record = EntryRecord(decoding: text),
        access(dataPath(id), R_OK | W_OK) == 0
      {
        records.append((id, record))
      } else {
        unreadable.append(id)
      }
    }
    // A data file without a record is a clean copy, or the copy of a file that was removed: nothing is lost with it.
    for id in orphans where !ids.contains(id) { removeData(id) }
    return (records.sorted { $0.id < $1.id }, unreadable.sorted())
  }

  // MARK: Small files

  /// Replaces a file as a whole: a reader sees the old text or the new one. Returns the errno on failure.
  private func replace(_ file: String, with text: String, durably: Bool) -> Int32? {
    let temporary = file + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return errno }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        close(descriptor)
        unlink(temporary)
        return code
      }
      bytes = bytes.dropFirst(count)
    }
    var code: Int32? = durably && fsync(descriptor) != 0 ? errno : nil
    close(descriptor)
    if code == nil, rename(temporary, file) != 0 { code = errno }
    if code != nil {
      unlink(temporary)
      return code
    }
    return durably ? syncDirectory() : nil
  }

  /// Makes names in `data/` durable. Returns the errno on failure.
  private func syncDirectory() -> Int32? {
    let descriptor = open(path + "/data", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? nil : errno
  }

  /// The text of a small file (at most 64 KiB), or nil.
  private static func read(_ file: String) -> String? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + length, $0.count - length) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      length += count
    }
    return String(validating: bytes[..<length], as: UTF8.self)
  }
}

/// The errno of a failed system call.
struct CacheDirectoryFailure: Error {
  let code: Int32
}
