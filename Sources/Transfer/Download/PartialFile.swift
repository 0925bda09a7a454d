// SPDX-License-Identifier: Apache-2.0
//
// The file that a download writes until all of it is there, and the journal beside it.
//
// For: FileTarget. PATH.pail-part has the bytes, sparse where they are missing; PATH.pail-part.journal says which are there. The
// partial file is held with flock(2), and whoever holds it owns the journal too. State: the two open files. All calls block;
// disk threads only. A range is written first and noted after that, and an append is one write(2), so a killed process loses
// the last ranges at most. What can go wrong: another download has the file; the disk is full; a stranger has put something
// there under these names, which is refused; the journal cannot be written, and then the download can just not be resumed.

import Glibc
import HTTPTransport
import Locking

final class PartialFile: Sendable {
  /// Where the file goes when it is complete.
  private let path: String
  private let partialPath: String
  private let journalPath: String
  private let file: FileDescriptor
  private let journal: RecordFile?

  /// A million lines are less.
  private static let journalLimit = 64 << 20
  /// Written and summed in pieces that stay in the processor's cache in between.
  private static let pieceSize = 128 << 10

  /// Opens and locks the partial file of `path`; makes an empty one if there is none.
  ///
  /// - Throws: `exists`, `busy`, `diskFull` or `destination`.
  init(for path: String, overwrites: Bool) throws(DownloadFailure) {
    try PartialFile.check(path, overwrites: overwrites)
    self.path = path
    partialPath = PartialName.path(for: path, suffix: ".pail-part")
    journalPath = PartialName.path(for: path, suffix: ".pail-part.journal")
    while true {
      let file = FileDescriptor(owning: try PartialFile.openOwn(partialPath, O_RDWR, for: path))
      guard flock(file.rawValue, LOCK_EX | LOCK_NB) == 0 else {
        throw errno == EWOULDBLOCK ? .busy(path: path) : PartialFile.failure(path, errno)
      }
      // Whoever held the lock before may have renamed or removed the file that we opened.
      guard PartialFile.isNamed(partialPath, file.rawValue) else { continue }
      self.file = file
      break
    }
    journal = try? RecordFile(owning: PartialFile.openOwn(journalPath, O_RDWR | O_APPEND, for: path))
  }

  // MARK: Opening

  private static func check(_ path: String, overwrites: Bool) throws(DownloadFailure) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .destination(path: path, reason: "is no path of a file") }
    var status = stat()
    // A link that leads nowhere has the name all the same.
    if !overwrites, lstat(path, &status) == 0 { throw .exists(path: path) }
    if stat(path, &status) != 0 {
      guard path.utf8.last != UInt8(ascii: "/") else { throw .destination(path: path, reason: "is a directory's name") }
      // What is wrong with the way there, opening the partial file tells.
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw .destination(path: path, reason: "is a directory: name a file in it")
    // A rename would replace /dev/null by a file.
    default: throw .destination(path: path, reason: "is no regular file")
    }
  }

  /// Opens a regular file that is ours alone, or makes one. In a directory that others may write to, a stranger could have put
  /// a link to another file there, or a file of his to change it later.
  private static func openOwn(_ name: String, _ flags: Int32, for path: String) throws(DownloadFailure) -> Int32 {
    let flags = flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
    while true {
      let made = open(name, flags | O_CREAT | O_EXCL, 0o600)
      if made >= 0 { return made }
      guard errno == EEXIST else { throw failure(path, errno) }
      let found = open(name, flags)
      if found >= 0 {
        if isOwn(found, name) {
          fchmod(found, 0o600)
          return found
        }
        close(found)
        throw .destination(path: path, reason: "\(name) is not a partial file of this user: remove it")
      }
      if errno == ELOOP { throw .destination(path: path, reason: "\(name) is a symbolic link: remove it") }
      guard errno == ENOENT else { throw failure(path, errno) }
    }
  }

  /// The owner of the directory may do to the file what he likes in any case; and on file systems without owners both are his.
  private static func isOwn(_ descriptor: Int32, _ name: String) -> Bool {
    var file = stat()
    var directory = stat()
    guard fstat(descriptor, &file) == 0, stat(PartialName.directory(of: name), &directory) == 0 else { return false }
    return file.st_mode & S_IFMT == S_IFREG && file.st_nlink <= 1
      && (file.st_uid == geteuid() || file.st_uid == directory.st_uid)
  }

  private static func isNamed(_ name: String, _ descriptor: Int32) -> Bool {
    var ours = stat()
    var named = stat()
    return fstat(descriptor, &ours) == 0 && lstat(name, &named) == 0 && ours.st_ino == named.st_ino
      && ours.st_dev == named.st_dev
  }

  private static func failure(_ path: String, _ code: Int32) -> DownloadFailure {
    code == ENOSPC || code == EDQUOT
      ? .diskFull(path: path) : .destination(path: path, reason: String(cString: strerror(code)))
  }

  // MARK: The journal

  /// Whether an earlier run left a journal, right or wrong.
  var hasRecord: Bool {
    var status = stat()
    guard let journal else { return false }
    return fstat(journal.descriptor, &status) == 0 && status.st_size > 0
  }

  /// What an earlier run wrote; nil when it left nothing that can be understood.
  var record: DownloadRecord? {
    journal?.text(limit: PartialFile.journalLimit).flatMap(DownloadRecord.init(decoding:))
  }

  func note(_ done: DownloadRecord.Done) { journal?.append(DownloadRecord.line(of: done)) }

  // MARK: The bytes

  /// Makes it an empty file, and the journal that of another download.
  func begin(_ subject: DownloadRecord.Subject) throws(DownloadFailure) {
    journal?.clear()
    try setSize(0)
    try setSize(Int64(subject.bytes.count))
    journal?.append(DownloadRecord(subject: subject).head)
  }

  /// Goes on with what the journal is about.
  func goOn(_ subject: DownloadRecord.Subject) throws(DownloadFailure) {
    try setSize(Int64(subject.bytes.count))
    // The last line may be torn.
    journal?.append("\n")
  }

  private func setSize(_ size: Int64) throws(DownloadFailure) {
    guard file.setSize(size) else { throw PartialFile.failure(path, errno) }
  }

  /// The CRC-32 of a stretch; nil when the file is shorter or cannot be read.
  func checksum(of stretch: Range<Int64>) -> UInt32? {
    try? FileChecksum.crc32(of: FileRegion(file: file, offset: stretch.lowerBound, length: Int64(stretch.count))).get()
  }

  /// Writes `bytes` and adds them to the checksum.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, _ checksum: inout CRC32) throws(DownloadFailure) {
    var done = 0
    while done < bytes.count {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[done..<min(done + PartialFile.pieceSize, bytes.count)])
      checksum.update(piece)
      var written = 0
      while written < piece.count {
        let count = pwrite(
          file.rawValue, piece.baseAddress! + written, piece.count - written, off_t(offset) + off_t(done + written))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw PartialFile.failure(path, count == 0 ? EIO : errno) }
        written += count
      }
      done += piece.count
    }
  }

  // MARK: The end

  /// Gives the file its name. Nothing may be written after that.
  ///
  /// - Throws: `exists`, or `destination`; everything is as before then.
  func install(overwrites: Bool, syncs: Bool) throws(DownloadFailure) {
    guard fchmod(file.rawValue, 0o666 & ~ProcessUmask.current) == 0 else { throw PartialFile.failure(path, errno) }
    if syncs, fsync(file.rawValue) != 0 { throw PartialFile.failure(path, errno) }
    guard PartialFile.isNamed(partialPath, file.rawValue) else {
      throw .destination(path: path, reason: "somebody took the partial file away")
    }
    if overwrites {
      guard rename(partialPath, path) == 0 else { throw PartialFile.failure(path, errno) }
    } else {
      try nameUnlessTaken()
    }
    unlink(journalPath)
    if syncs { syncDirectory() }
  }

  /// As RENAME_NOREPLACE of renameat2(2), which Swift's Glibc does not show.
  private func nameUnlessTaken() throws(DownloadFailure) {
    if link(partialPath, path) == 0 {
      unlink(partialPath)
      return
    }
    if errno == EEXIST { throw .exists(path: path) }
    // A file system without hard links: an empty file takes the name, if it is free, and is replaced.
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw errno == EEXIST ? .exists(path: path) : PartialFile.failure(path, errno) }
    close(descriptor)
    guard rename(partialPath, path) == 0 else {
      let failure = PartialFile.failure(path, errno)
      unlink(path)
      throw failure
    }
  }

  private func syncDirectory() {
    let descriptor = open(PartialName.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Leaves nothing behind. The lock is held: whoever waits for the name finds it gone and makes another.
  func remove() {
    unlink(journalPath)
    if PartialFile.isNamed(partialPath, file.rawValue) { unlink(partialPath) }
  }

  /// Lets others have the file. The last reference to this may be gone some time later than its owner thinks, because a disk
  /// thread drops a job after it has told that it is done.
  func unlock() { flock(file.rawValue, LOCK_UN) }
}
