// SPDX-License-Identifier: Apache-2.0
//
// A bucket, or a prefix of one, as a file system.
//
// For: answering a kernel. State: the tree of known nodes, open handles, attribute cache; each behind its own lock. All
// operations run on threads that may block (FUSE workers). What is local (open for writing, or dirty) is answered from here;
// everything else is believed for `metadataTimeToLive` seconds and then asked for again.
// The operations are in the extensions: Names, Misses, Access, Attributes, ExtendedAttributes, Opening, LocalCopies, Files, Ranges,
// Copying, Closing, Directories, Entries, SpecialFiles, Parents, Markers, Rename (files: FileRename, directories: DirectoryRename),
// Conflicts, PendingUploads, PendingRenames, Recovery.
// What can go wrong is in each extension's head; errors become an errno in ErrnoTable and are logged here, once.

import Locking
package import Logging
package import S3Client
import Transfer
import VFS
package import WriteBackCache

package final class BucketFileSystem: FileSystem {
  let configuration: BucketFileSystemConfiguration
  let client: S3Client
  let cache: WriteBackCache
  let logger: Logger
  let tree: NodeTree
  let files = HandleTable<OpenFile>()
  let directories = HandleTable<OpenDirectory>()
  let attributeCache = AttributeCache()
  let objects: ObjectLookup
  let heads: HeadPrefetch
  let regions: RegionPool
  let mediaTypes = MediaTypes.system
  let attributeWriter: AttributeWriter
  let mountedAt = Timestamp.now
  let keyLengths = Lock(KeyLengths())
  let markers: Lock<MarkerKeeping>
  let pendingRenames: PendingRenames
  /// Nodes by the id of their local copy, for uploads that end in the background.
  let nodesByFile = Lock<[String: Node]>([:])
  /// Lock order: this before the tree.
  let turns = Lock(PathTurns())

  package init(
    configuration: BucketFileSystemConfiguration, client: S3Client, cache: WriteBackCache, logger: Logger
  ) {
    self.configuration = configuration
    self.client = client
    self.cache = cache
    self.logger = logger
    markers = Lock(MarkerKeeping(keepsMetadata: nil, isNoted: cache.knowsDirectories))
    objects = ObjectLookup(client: client, access: configuration.access)
    heads = HeadPrefetch(lookup: objects, cache: attributeCache)
    regions = RegionPool(budget: configuration.readMemory, regionSize: Int(configuration.partSize))
    attributeWriter = AttributeWriter(delay: configuration.attributeDelay)
    pendingRenames = PendingRenames(RenameSettlement(client: client, cache: cache, logger: logger))
    let root = Node(
      inode: .root, kind: .directory,
      state: Node.State.defaults(.directory, configuration, modified: .now))
    root.directory?.hasMarker = true
    tree = NodeTree(root: root, prefix: configuration.prefix, inodeSpace: configuration.inodeSpace)
    attributeWriter.fileSystem = self
    resumeRenames()
    for file in cache.recovered { showRecovered(file) }
    cache.start(observer: self)
    for file in cache.recovered where file.isConflict { keepBeside(file) }
  }

  // MARK: Rules that several operations share

  func requireWritable() throws(Errno) {
    if configuration.readOnly { throw .EROFS }
  }

  /// Blocks while a file, or a directory that leads to it, is being renamed.
  func waitUntilStill(_ inode: InodeID) throws(Errno) {
    try interruptibly { () throws(Interrupted) in
      try turns.waitInterruptibly { $0.isMoving(inode, tree.isInside) ? nil : () }
    }
  }

  /// Runs `body` while neither of `inodes`, nor a directory that leads to one, is renamed: what the bucket is told below an old name
  /// meanwhile would be lost with that, and what is opened keep it. Blocks; not while the caller has another such turn, or one of a
  /// node.
  ///
  /// - Parameter moving: what `body` renames.
  func whileStill<Result>(
    _ inodes: [InodeID], moving: InodeID? = nil, _ body: () throws(Errno) -> Result
  ) throws(Errno) -> Result {
    let turn = turns.withLock { $0.ask(still: inodes, moving: moving) }
    defer { turns.withLockAndNotify { $0.end(turn) } }
    try interruptibly { () throws(Interrupted) in
      try turns.waitInterruptibly { $0.begin(turn, tree.isInside) ? () : nil }
    }
    return try body()
  }

  /// Runs async work for the store on this blocking thread; the error becomes an errno and is logged.
  ///
  /// - Parameter purpose: only what is asked to look something up, or to read, a signal may end; see Interruption.
  func ask<Value: Sendable>(
    _ purpose: Errno.Purpose = .other, _ operation: @escaping @Sendable () async throws(S3Error) -> Value
  ) throws(Errno) -> Value {
    let mayEnd = purpose == .lookup || purpose == .read
    let answer = try interruptibly { () throws(Interrupted) -> Result<Value, S3Error> in
      if mayEnd { return try BlockingBridge.runInterruptibly(operation) }
      return BlockingBridge.result(operation)
    }
    do throws(S3Error) {
      return try answer.get()
    } catch {
      throw report(error, purpose)
    }
  }

  func interruptibly<Value>(_ wait: () throws(Interrupted) -> Value) throws(Errno) -> Value {
    do throws(Interrupted) {
      return try wait()
    } catch {
      throw .EINTR
    }
  }

  func report(_ error: S3Error, _ purpose: Errno.Purpose) -> Errno {
    let errno = Errno(error, for: purpose)
    if errno != .ENOENT, errno != .EINTR {
      logger.warning("the store refused or did not answer", metadata: ["error": "\(error)", "errno": "\(errno)"])
    }
    return errno
  }

  func report(_ failure: WriteBackFailure, _ purpose: Errno.Purpose = .overwrite) -> Errno {
    let errno = Errno(failure, for: purpose)
    if errno == .EINTR { return errno }
    logger.warning(
      "a file is not in the bucket; its bytes are kept in the cache",
      metadata: ["error": "\(failure)", "errno": "\(errno)"])
    return errno
  }

  func entry(_ node: Node) -> Entry {
    Entry(attributes: attributes(node), timeToLive: timeToLive)
  }

  /// How long the kernel may keep attributes: as long as we believe them ourselves.
  var timeToLive: Double { configuration.metadataTimeToLive }
}

extension Node.State {
  /// What a file is that says nothing about itself.
  static func defaults(
    _ kind: FileKind, _ configuration: BucketFileSystemConfiguration, modified: Timestamp
  ) -> Node.State {
    let permissions: UInt32 =
      switch kind {
      case .regular, .fifo, .socket, .characterDevice, .blockDevice: configuration.fileMode
      case .directory: configuration.dirMode
      case .symbolicLink: 0o777
      }
    return Node.State(
      permissions: permissions, uid: configuration.uid, gid: configuration.gid, accessed: modified, modified: modified,
      changed: modified, confirmedAt: MonotonicTime.now)
  }
}
