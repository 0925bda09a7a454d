// SPDX-License-Identifier: Apache-2.0
//
// Notes on disk, at the cost of one small write(2), which bytes of a data file the bucket lacks.
//
// For: files of which only a part is here. A range is noted behind its bytes and before the write is acknowledged: a process
// that is killed in between has acknowledged nothing, and those bytes are fetched from the bucket again. What lies in a range that
// was noted before needs no note. State: the open file, and what was noted; one caller at a time, who holds the file's journal
// lock. Calls block. See RangeHistory for what a start makes of it.
// Format: a header of 64 bytes (a name, a version, the boot ID), then RangeRecords.
// What can go wrong: the disk is full. A torn record is cut off, so that the next one stands where it should.

import Glibc
import HTTPTransport
import Transfer

final class RangeLog {
  private let file: FileDescriptor
  private let path: String
  /// The directory has the name for good.
  private var isNameSynced = false
  /// Bytes of records.
  private(set) var length: Int64 = 0
  private(set) var history = RangeHistory()

  static let headerLength = 64
  /// Bytes of a log that is read.
  static let limit = 32 << 20
  /// Bytes of records from which on a shorter log should take its place.
  private static let longLength: Int64 = 8 << 20

  private init(_ file: FileDescriptor, _ path: String) { (self.file, self.path) = (file, path) }

  /// Begins a log, replacing any that is there.
  ///
  /// - Parameters:
  ///   - size: bytes of the file.
  ///   - dirty: what the bucket lacks of it; on the disk for good.
  /// - Throws: the errno.
  static func create(_ path: String, size: Int64, dirty: ByteRanges = []) throws(CacheDirectoryFailure) -> RangeLog {
    let temporary = path + ".new"
    let descriptor = Glibc.open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw CacheDirectoryFailure(code: errno) }
    let log = RangeLog(FileDescriptor(owning: descriptor), path)
    do throws(CacheDirectoryFailure) {
      try log.begin([.resized(from: size, to: size)] + dirty.ranges.map { .wrote($0) })
      // One that says less than the one before must not be torn by a power loss.
      if !dirty.isEmpty, fdatasync(descriptor) != 0 { throw CacheDirectoryFailure(code: errno) }
      guard rename(temporary, path) == 0 else { throw CacheDirectoryFailure(code: errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    return log
  }

  private func begin(_ records: [RangeRecord]) throws(CacheDirectoryFailure) {
    try put(RangeLog.header(BootID.current))
    try append(records.flatMap(\.encoded))
    try append(RangeRecord.synced(upTo: length).encoded)
    for record in records { history.apply(record) }
  }

  /// Opens what an earlier run left.
  ///
  /// - Returns: nil for a file that is no log.
  static func open(existing path: String) throws(CacheDirectoryFailure) -> RangeLog? {
    let descriptor = Glibc.open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw CacheDirectoryFailure(code: errno) }
    let file = FileDescriptor(owning: descriptor)
    guard let bytes = read(descriptor), bytes.count >= headerLength else { return nil }
    let isSameBoot = !BootID.current.isEmpty && bytes.starts(with: header(BootID.current))
    guard isSameBoot || bytes.starts(with: magic) else { return nil }
    let history = RangeHistory(of: Array(bytes[headerLength...]), isSameBoot: isSameBoot)
    guard let size = history.size else { return nil }
    // Records of this boot must not stand behind those of another.
    guard isSameBoot else {
      let log = try create(path, size: size, dirty: history.dirty)
      try log.sync(upTo: log.length)
      return log
    }
    let log = RangeLog(file, path)
    (log.history, log.length) = (history, Int64(history.validLength))
    guard file.setSize(Int64(headerLength) + log.length) else { throw CacheDirectoryFailure(code: errno) }
    return log
  }

  /// Appends a record, unless it says nothing new.
  ///
  /// - Throws: the errno; nothing is noted then.
  func note(_ record: RangeRecord) throws(CacheDirectoryFailure) {
    if case .wrote(let range) = record, history.dirty.contains(range) { return }
    try append(record.encoded)
    history.apply(record)
  }

  /// Whether it has grown so long that one of only what is dirty now should take its place.
  var isLong: Bool { length > RangeLog.longLength }

  /// Makes what was noted up to `mark` last through a power loss. The data file must have been synced after `mark` was the length.
  func sync(upTo mark: Int64) throws(CacheDirectoryFailure) {
    try append(RangeRecord.synced(upTo: mark).encoded)
    try sync()
  }

  /// Makes the records last, which says nothing of the bytes.
  func sync() throws(CacheDirectoryFailure) {
    guard fdatasync(file.rawValue) == 0 else { throw CacheDirectoryFailure(code: errno) }
    if !isNameSynced { try syncName() }
  }

  private func syncName() throws(CacheDirectoryFailure) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CacheDirectoryFailure(code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw CacheDirectoryFailure(code: errno) }
    isNameSynced = true
  }

  private func append(_ bytes: [UInt8]) throws(CacheDirectoryFailure) {
    do throws(CacheDirectoryFailure) {
      try put(bytes)
    } catch {
      _ = file.setSize(Int64(RangeLog.headerLength) + length)
      throw error
    }
    length += Int64(bytes.count)
  }

  private func put(_ bytes: [UInt8]) throws(CacheDirectoryFailure) {
    let count = bytes.withUnsafeBytes { write(file.rawValue, $0.baseAddress, $0.count) }
    guard count == bytes.count else { throw CacheDirectoryFailure(code: count < 0 ? errno : ENOSPC) }
  }

  // MARK: The file

  private static let magic = Array("pail-ranges 1\n".utf8)

  private static func header(_ bootID: String) -> [UInt8] {
    let text = magic + Array(bootID.utf8.prefix(headerLength - magic.count))
    return text + [UInt8](repeating: 0, count: headerLength - text.count)
  }

  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size <= limit else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress! + length, $0.count - length, off_t(length))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      length += count
    }
    return bytes
  }
}

/// What tells one start of the machine from the next (random(4), /proc/sys/kernel/random/boot_id).
enum BootID {
  /// Empty where the kernel does not say: then every start counts as one after a power loss.
  static let current: String = {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)].filter { $0 > 32 }, as: UTF8.self)
  }()
}
