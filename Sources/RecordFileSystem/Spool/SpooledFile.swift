// SPDX-License-Identifier: Apache-2.0
//
// A file while it is written: bytes in a private file of this machine, and what shall become of them.
//
// For: what is written below `.records`. State: the private file, removed with the last reference; which of its states was brought to the
// record, behind a lock; and a turn, so that two closes do not do the same workflow at once. Any thread.
// What can go wrong: a full or broken disk.

import Glibc
import Locking
import VFS

final class SpooledFile: Sendable {
  enum Role: Sendable, Equatable {
    /// A new text of `record.json`.
    case document
    /// A file to attach.
    ///
    /// - name: what it is called in a list; nil for a field of one file, which has no name for it.
    case attachment(field: String, name: Name?)
    /// Any other name in the directory of a record: to be renamed to one that means something.
    case draft
  }

  private struct State {
    /// Counts changes of the bytes.
    var generation = 0
    /// The one that the record got; -1 for none.
    var published: Int
    var hasFailed = false
    /// Of a write that was refused since the file was last empty.
    var writeError: Errno?
    /// Whether the record has what is here for good: what is written now would be nobody's.
    var isSealed = false
    /// Where the bucket has what was published.
    var path: String?
    /// Descriptors of programs.
    var users = 0
    /// Whether a name leads here.
    var isNamed = false
    var isTaken = false
  }

  let id: UInt64
  let key: RecordKey
  let role: Role
  /// On the disk of this machine.
  let file: String
  private let descriptor: Int32
  private let state: Lock<State>

  /// - Parameters:
  ///   - file: made here, and removed with this object.
  ///   - content: what is in there, and is no change.
  init(id: UInt64, key: RecordKey, role: Role, file: String, content: [UInt8] = []) throws(Errno) {
    descriptor = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .current }
    self.id = id
    self.key = key
    self.role = role
    self.file = file
    // A file that nobody writes to is attached in the end; a document that nobody writes to says nothing.
    state = Lock(State(published: role == .document ? 0 : -1))
    try store(content)
  }

  deinit {
    unlink(file)
    close(descriptor)
  }

  // MARK: Bytes

  func read(at offset: Int64, into target: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    var count = 0
    while count < target.count {
      let got = pread(descriptor, target.baseAddress! + count, target.count - count, off_t(offset) + count)
      if got == 0 { break }
      if got > 0 { count += got } else if errno != EINTR { throw .current }
    }
    return count
  }

  /// Throws ESTALE behind ``seal(_:)``.
  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
    try requireUnsealed()
    defer { noteChange() }
    do throws(Errno) {
      try store(bytes, at: offset)
    } catch {
      state.withLock { $0.writeError = error }
      throw error
    }
  }

  /// The bytes that are there from the beginning.
  private func store(_ content: [UInt8]) throws(Errno) {
    let result = content.withUnsafeBytes { bytes in
      do throws(Errno) {
        try store(bytes, at: 0)
        return Errno?.none
      } catch {
        return error
      }
    }
    if let result { throw result }
  }

  private func store(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Errno) {
    var count = 0
    while count < bytes.count {
      let put = pwrite(descriptor, bytes.baseAddress! + count, bytes.count - count, off_t(offset) + count)
      if put >= 0 { count += put } else if errno != EINTR { throw .current }
    }
  }

  /// Throws ESTALE behind ``seal(_:)``.
  func truncate(to size: Int64) throws(Errno) {
    try requireUnsealed()
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw .current }
    if size == 0 { state.withLock { $0.writeError = nil } }
    noteChange()
  }

  func seek(_ target: SeekTarget, from offset: Int64) throws(Errno) -> Int64 {
    // SEEK_DATA and SEEK_HOLE of unistd.h, which Swift's Glibc leaves out.
    let place = lseek(descriptor, off_t(offset), target == .data ? 3 : 4)
    guard place >= 0 else { throw .current }
    return Int64(place)
  }

  /// All bytes. Throws EFBIG for more than `limit`.
  func contents(limit: Int64) throws(Errno) -> [UInt8] {
    let size = try status.size
    guard size <= limit else { throw .EFBIG }
    return try beginning(Int(size))
  }

  /// The first bytes, at most so many.
  func beginning(_ count: Int) throws(Errno) -> [UInt8] {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    return Array(buffer[..<(try read(at: 0, into: buffer))])
  }

  var status: (size: Int64, modified: Timestamp) {
    get throws(Errno) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw .current }
      return (
        Int64(status.st_size),
        Timestamp(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int32(status.st_mtim.tv_nsec))
      )
    }
  }

  // MARK: What became of them

  private func noteChange() { state.withLock { $0.generation += 1 } }

  /// Whether somebody has written anything.
  var isWritten: Bool { state.withLock { $0.generation > 0 } }

  /// The record has these bytes: its name shows what the record has, not this.
  var isPublished: Bool { state.withLock { $0.published == $0.generation } }

  /// The last workflow has failed, and whoever closed the file was told.
  var hasFailed: Bool { state.withLock { $0.hasFailed } }

  /// Where the bucket has what was published before.
  var publishedPath: String? { state.withLock { $0.path } }

  /// Runs a workflow with what is written now, unless that is done; alone.
  ///
  /// - Parameter body: returns where the bucket has the bytes.
  func publish(_ body: () throws(Errno) -> String?) throws(Errno) {
    state.waitForever { $0.isTaken ? nil : ($0.isTaken = true) }
    defer { state.withLockAndNotify { $0.isTaken = false } }
    guard let generation = state.withLock({ $0.published == $0.generation ? nil : $0.generation }) else { return }
    do throws(Errno) {
      try requireWhole()
      let path = try body()
      state.withLock { state in
        (state.published, state.hasFailed, state.path) = (generation, false, path)
      }
    } catch {
      state.withLock { $0.hasFailed = true }
      throw error
    }
  }

  /// Throws what a write was refused with: a file that lacks bytes must not come to a record, though its writer may not care.
  func requireWhole() throws(Errno) {
    if let error = state.withLock({ $0.writeError }) { throw error }
  }

  /// Gives what is here to a record for good: nobody would bring it what is written from now on. When that fails it can be written
  /// again.
  func seal(_ body: () throws(Errno) -> Void) throws(Errno) {
    state.withLock { $0.isSealed = true }
    do throws(Errno) {
      try requireWhole()
      try body()
    } catch {
      state.withLock { $0.isSealed = false }
      throw error
    }
  }

  private func requireUnsealed() throws(Errno) {
    if state.withLock({ $0.isSealed }) { throw .ESTALE }
  }

  // MARK: Users

  func addUser() { state.withLock { $0.users += 1 } }

  /// - Returns: whether that was the last one.
  func removeUser() -> Bool {
    state.withLock { state in
      state.users -= 1
      return state.users == 0
    }
  }

  var isUsed: Bool { state.withLock { $0.users > 0 } }

  var isNamed: Bool {
    get { state.withLock { $0.isNamed } }
    set { state.withLock { $0.isNamed = newValue } }
  }
}
