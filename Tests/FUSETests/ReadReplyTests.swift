// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import VFS

extension MountedTests {
  /// Reads that are answered with pieces of memory.
  @Suite struct ReadReplyTests {
    /// One piece; several; odd sizes; more pieces than writev(2) takes; empty pieces; more than was asked for.
    @Test(arguments: [1 << 20, 300_000, 4096, 997, 100, 1])
    func piecesArriveInOrder(_ pieceSize: Int) async throws {
      let files = PiecesFileSystem(size: 20_000, pieceSize: pieceSize)
      try await TestMount.with(files) { mount in
        let read = try await Shell.script(
          "od -An -v -tu1 -w1 file | awk '{ if ($1 != (NR - 1) % 251) exit 1 } END { print NR }'", in: mount.path)
        #expect(read.output == "20000\n")
        let direct = try await Shell.script(
          "dd if=file bs=20000 iflag=direct status=none | cmp - file && echo same", in: mount.path)
        #expect(direct.output == "same\n")
      }
    }

    @Test func whatExceedsTheRequestIsCut() async throws {
      let files = PiecesFileSystem(size: 20_000, pieceSize: 100, excess: 70_000)
      try await TestMount.with(files) { mount in
        let read = try await Shell.script(
          "dd if=file bs=4096 count=1 iflag=direct status=none | wc -c", in: mount.path)
        #expect(read.line == "4096")
      }
    }
  }
}

/// One file whose byte at offset n is n mod 251, answered in pieces that nobody else keeps alive.
private struct PiecesFileSystem: FileSystem {
  let size: Int
  let pieceSize: Int
  /// How many bytes more than asked for it answers.
  var excess = 0

  private final class Memory {
    let bytes: UnsafeMutableRawBufferPointer

    init(offset: Int, count: Int) {
      bytes = .allocate(byteCount: count, alignment: 1)
      for index in 0..<count { bytes[index] = UInt8((offset + index) % 251) }
    }

    deinit {
      memset(bytes.baseAddress!, 0xff, bytes.count)
      bytes.deallocate()
    }
  }

  private func attributes(_ inode: InodeID) -> VFS.Attributes {
    let time = Timestamp(seconds: 1)
    return VFS.Attributes(
      inode: inode, kind: inode == .root ? .directory : .regular, permissions: 0o755, linkCount: 1, uid: 0, gid: 0,
      size: inode == .root ? 0 : Int64(size), accessed: time, modified: time, changed: time)
  }

  func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(VFS.Errno) -> Entry {
    guard name.string == "file" else { throw .ENOENT }
    return Entry(attributes: attributes(InodeID(2)), timeToLive: 60)
  }

  func getattr(_ inode: InodeID, handle: HandleID?) throws(VFS.Errno) -> TimedAttributes {
    TimedAttributes(attributes: attributes(inode), timeToLive: 60)
  }

  func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(VFS.Errno) -> OpenedFile {
    OpenedFile(handle: HandleID(7))
  }

  func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(VFS.Errno) -> ReadReply {
    var pieces: [ReadPiece] = []
    var position = Int(offset)
    let end = min(size, position + length) + excess
    while position < end {
      let memory = Memory(offset: position, count: min(pieceSize, end - position))
      pieces.append(ReadPiece(owner: memory, bytes: UnsafeRawBufferPointer(memory.bytes)))
      pieces.append(ReadPiece(owner: memory, bytes: UnsafeRawBufferPointer(start: nil, count: 0)))
      position += memory.bytes.count
    }
    return .pieces(pieces)
  }

  func opendir(_ inode: InodeID, caller: Caller) throws(VFS.Errno) -> HandleID { HandleID(1) }

  func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(VFS.Errno) {}
}
