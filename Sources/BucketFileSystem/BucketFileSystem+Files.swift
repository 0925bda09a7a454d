// SPDX-License-Identifier: Apache-2.0
//
// read(2) and write(2).
//
// Bytes come from the local copy where there is one that has them or was changed, else from the handle's reader of one version.
// They go to the local copy only.
// What can go wrong: the object changed since the handle was opened; the read ends with ESTALE, never with a mix.

import Glibc
import Locking
import Logging
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply {
    let open = try files.get(handle)
    let node = open.node
    if let file = node.state.withLock({ $0.file }), file.servesReads {
      let target = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(length, scratch.count)])
      return .scratch(count: try local { () throws(WriteBackFailure) in try file.read(at: offset, into: target) })
    }
    let reader = try reader(of: open)
    do throws(S3Error) {
      let pieces = try reader.read(at: offset, length: length)
      return .pieces(pieces.map { ReadPiece(owner: $0.lease, bytes: $0.bytes) })
    } catch {
      throw report(error, .read)
    }
  }

  func reader(of open: OpenFile) throws(Errno) -> ObjectReader {
    if let reader = open.reader.withLock({ $0 }) { return reader }
    let key = try tree.key(open.node.inode)
    let made = open.node.state.withLock { state -> ObjectReader? in
      guard let remote = state.remote else { return nil }
      let reader = ObjectReader(
        client: client, location: .init(key: key, etag: remote.etag), size: remote.size, pool: regions,
        windowLimit: min(configuration.partSize * Int64(configuration.concurrency), Int64(configuration.readMemory)))
      state.readers.removeAll { $0.reader == nil }
      state.readers.append(Node.WeakReader(reader: reader))
      return reader
    }
    guard let made else { throw .EIO }
    return open.reader.withLock { current in
      if let current { return current }
      current = made
      return made
    }
  }

  package func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    let open = try files.get(handle)
    let file = try changeable(open)
    return try changing(file, through: open) { () throws(WriteBackFailure) in try file.write(bytes, at: offset) }
  }

  /// Runs a change of `file`. One that fails may have changed something all the same, which the handle's close has to publish.
  func changing<Value>(
    _ file: CacheFile, through open: OpenFile, _ body: () throws(WriteBackFailure) -> Value
  ) throws(Errno) -> Value {
    let before = file.generation
    defer { if file.generation != before { noteWritten(open, file) } }
    return try local(body)
  }

  /// The copy that what is written through `open` goes to.
  func changeable(_ open: OpenFile) throws(Errno) -> CacheFile {
    // Its bytes went elsewhere: somebody else has the name.
    guard let file = open.node.state.withLock({ $0.file }) else { throw open.node.isForsaken ? .ESTALE : .EBADF }
    return file
  }

  /// Bytes of `file` were changed through `open`.
  func noteWritten(_ open: OpenFile, _ file: CacheFile) {
    open.noteChange(wroteBytes: true)
    cache.noteChanged(file)
    let now = Timestamp.now
    open.node.state.withLock { $0.noteWritten(at: now) }
  }

  /// Changes the length of a file that has, or now gets, a local copy.
  func truncate(_ node: Node, to size: Int64) throws(Errno) {
    if node.isForsaken { throw .ESTALE }
    let file = try localCopy(node)
    try local { () throws(WriteBackFailure) in try file.truncate(to: size) }
    cache.noteChanged(file)
    let now = Timestamp.now
    node.state.withLock { $0.noteWritten(at: now) }
  }
}
