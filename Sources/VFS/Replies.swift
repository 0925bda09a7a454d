// SPDX-License-Identifier: Apache-2.0

/// An open file, as `open` and `create` answer it.
package struct OpenedFile: Sendable {
  package var handle: HandleID
  /// The kernel may serve pages it already has (FOPEN_KEEP_CACHE): only while the content is the one it read before.
  package var keepCache: Bool
  /// Reads and writes bypass the page cache (FOPEN_DIRECT_IO).
  package var directIO: Bool

  package init(handle: HandleID, keepCache: Bool = false, directIO: Bool = false) {
    self.handle = handle
    self.keepCache = keepCache
    self.directIO = directIO
  }
}

/// The bytes that answer a read, without a copy: either what the file system put into the caller's scratch buffer, or
/// pieces of memory that stay valid as long as the reply is held.
package enum ReadReply {
  /// The first `count` bytes of the scratch buffer; fewer than asked for means end of file.
  case scratch(count: Int)
  /// The pieces in order; together at most the length asked for.
  case pieces([ReadPiece])
}

/// A stretch of memory and who keeps it alive.
package struct ReadPiece {
  package let owner: AnyObject
  package let bytes: UnsafeRawBufferPointer

  package init(owner: AnyObject, bytes: UnsafeRawBufferPointer) {
    self.owner = owner
    self.bytes = bytes
  }
}

/// One entry of a directory, as `readdir` emits it.
package struct DirectoryEntry {
  /// The name as bytes on the wire; may be `.` or `..`, which `Name` refuses.
  package var name: String
  /// Nil when it takes a request to know (DT_UNKNOWN).
  package var kind: FileKind?
  /// The inode number to show (`d_ino`); any number but 0 where it is not known.
  package var inode: InodeID
  /// Where a later `readdir` goes on after this entry; never 0.
  package var nextOffset: Int64
  /// With `readdirplus` and attributes at hand, the answer to a lookup of the name; nil lets the kernel look it up itself.
  package var entry: Entry?

  package init(name: String, kind: FileKind?, inode: InodeID, nextOffset: Int64, entry: Entry? = nil) {
    self.name = name
    self.kind = kind
    self.inode = inode
    self.nextOffset = nextOffset
    self.entry = entry
  }
}
