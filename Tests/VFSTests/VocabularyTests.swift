// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import VFS

struct VocabularyTests {
  @Test func errorsHaveTheirNumberAndText() {
    #expect(VFS.Errno.ENOENT.code == 2)
    #expect(VFS.Errno.EOPNOTSUPP.code == 95)
    #expect("\(VFS.Errno.ESTALE)" == "Stale file handle")
    #expect(open("/nonexistent/file", O_RDONLY) == -1)
    #expect(VFS.Errno.current == .ENOENT)
  }

  @Test(arguments: [
    (O_RDONLY, true, false), (O_WRONLY, false, true), (O_RDWR, true, true), (O_WRONLY | O_APPEND, false, true),
  ])
  func openFlagsTellTheAccess(_ raw: Int32, _ reading: Bool, _ writing: Bool) {
    let flags = OpenFlags(rawValue: raw)
    #expect(flags.allowsReading == reading)
    #expect(flags.allowsWriting == writing)
    #expect(flags.contains(.append) == (raw & 0o2000 != 0))
  }

  @Test func timesCompareBySecondsFirst() {
    let times = [(5, 0), (-1, 999_999_999), (4, 999_999_999), (-2, 0), (5, 1)].map {
      Timestamp(seconds: Int64($0.0), nanoseconds: Int32($0.1))
    }
    #expect(times.sorted().map(\.seconds) == [-2, -1, 4, 5, 5])
    #expect(times.max()?.nanoseconds == 1)
  }

  @Test(arguments: [
    (FileKind.regular, 0o100000), (.directory, 0o040000), (.symbolicLink, 0o120000), (.fifo, 0o010000),
    (.socket, 0o140000), (.characterDevice, 0o020000), (.blockDevice, 0o060000),
  ])
  func kindsHaveTypeBits(_ kind: FileKind, _ bits: Int) {
    #expect(kind.modeBits == UInt32(bits))
  }

  /// A file system with only what it must have answers ENOSYS to the rest, and accepts what needs no answer.
  @Test func operationsThatAreMissingAnswerENOSYS() throws {
    let files = ReadOnlyNothing()
    let caller = Caller(uid: 0, gid: 0, pid: 1)
    let name = try #require(Name("a"))
    #expect(throws: VFS.Errno.ENOSYS) { try files.mkdir(.root, name, permissions: 0o755, caller: caller) }
    #expect(throws: VFS.Errno.ENOSYS) {
      try files.create(.root, name, permissions: 0o644, flags: .create, caller: caller)
    }
    #expect(throws: VFS.Errno.ENOSYS) { try files.getxattr(.root, "user.a") }
    #expect(throws: VFS.Errno.ENOSYS) { try files.statfs(.root) }
    try files.flush(.root, HandleID(1), caller: caller)
    try files.fsync(.root, HandleID(1), dataOnly: true)
  }
}

private struct ReadOnlyNothing: FileSystem {
  func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(VFS.Errno) -> Entry { throw .ENOENT }
  func getattr(_ inode: InodeID, handle: HandleID?) throws(VFS.Errno) -> TimedAttributes { throw .ENOENT }
  func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(VFS.Errno) -> OpenedFile { throw .ENOENT }
  func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(VFS.Errno) -> ReadReply { throw .ENOENT }
  func opendir(_ inode: InodeID, caller: Caller) throws(VFS.Errno) -> HandleID { throw .ENOENT }
  func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(VFS.Errno) { throw .ENOENT }
}
