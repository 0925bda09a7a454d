// SPDX-License-Identifier: Apache-2.0
//
// Open files: reading from the local copy or the bucket, writing to the local copy, publishing on close.
//
// A node has a local copy from its first open for writing until it is clean and nobody has it open. A handle that only reads
// gets a reader of one version, unless there is a local copy with the bytes.
// What can go wrong: a close whose upload fails returns the errno and leaves the copy dirty (the queue tries again); a
// conflict leaves the copy parked and the name to whoever won.

import Glibc
import Locking
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  // MARK: Opening

  package func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile {
    let node = try tree.node(inode)
    switch node.kind {
    case .directory: throw .EISDIR
    case .symbolicLink: throw Errno(ELOOP)
    case .regular: break
    }
    if flags.allowsWriting || flags.contains(.truncate) { try requireWritable() }
    try refresh(node)
    tree.pin(inode)
    do throws(Errno) {
      let handle = try open(node, flags: flags, caller: caller)
      let version = node.state.withLock { state -> ETag? in
        defer { state.pageVersion = state.remote?.etag }
        return state.pageVersion
      }
      let isSame = version != nil && version == node.state.withLock { $0.remote?.etag }
      return OpenedFile(handle: handle, keepCache: isSame || node.isLocal && !flags.contains(.truncate))
    } catch {
      tree.unpin(inode)
      throw error
    }
  }

  private func open(_ node: Node, flags: OpenFlags, caller: Caller) throws(Errno) -> HandleID {
    let file = OpenFile(node: node, flags: flags, openerProcess: ProcessTable.process(of: caller.pid))
    // Counted first, so that a local copy cannot be given up under this handle.
    node.state.withLock { state in
      state.handles += 1
      if flags.allowsWriting { state.writers += 1 }
    }
    do throws(Errno) {
      if flags.allowsWriting {
        _ = try localCopy(node)
      } else if node.state.withLock({ $0.file == nil && $0.remote != nil }) {
        // Now, not at the first read: what was read from the kernel's pages before that is of this version.
        _ = try reader(of: file)
      }
      if flags.contains(.truncate) {
        try truncate(node, to: 0)
        file.noteChange(wroteBytes: false)
      }
    } catch {
      closed(file)
      throw error
    }
    return files.add(file)
  }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    try requireWritable()
    let directory = try directory(parent).state
    // The kernel has just looked; an exclusive creator wants to know better than a second ago.
    if let node = try existing(parent, name, maximumAge: flags.contains(.exclusive) ? 0.1 : nil) {
      if flags.contains(.exclusive) { throw .EEXIST }
      tree.countLookup(node.inode)
      do throws(Errno) {
        return (entry(node), try open(node.inode, flags: flags, caller: caller))
      } catch {
        tree.forget(node.inode, 1)
        throw error
      }
    }
    let key = try tree.key(parent, name, isDirectory: false)
    let now = Timestamp.now
    let (node, isNew) = try tree.insert(parent, name, .regular) {
      var state = Node.State.defaults(.regular, configuration, modified: now)
      state.permissions = permissions & 0o7777
      state.uid = caller.uid
      state.gid = caller.gid
      state.properties = ObjectProperties(contentType: mediaTypes.type(of: name.string) ?? MediaTypes.unknown)
      // Local from the first moment: nobody may see it as absent.
      state.handles = 1
      state.writers = flags.allowsWriting ? 1 : 0
      return state
    }
    guard isNew else {
      if flags.contains(.exclusive) { throw .EEXIST }
      tree.countLookup(node.inode)
      return (entry(node), try open(node.inode, flags: flags, caller: caller))
    }
    tree.countLookup(node.inode)
    tree.pin(node.inode)
    do throws(Errno) {
      let copy = try makeLocalCopy(node, key: key, base: nil, isExclusive: flags.contains(.exclusive))
      try local { () throws(WriteBackFailure) in try copy.markCreated() }
    } catch {
      tree.remove(node)
      // What was begun must not be published by a later drain.
      node.state.withLock { ($0.handles, $0.writers) = (0, 0) }
      forgetBytes(of: node)
      tree.unpin(node.inode)
      tree.forget(node.inode, 1)
      throw error
    }
    directory.notePresent(name)
    let file = OpenFile(node: node, flags: flags, openerProcess: ProcessTable.process(of: caller.pid))
    file.noteChange(wroteBytes: false)
    return (entry(node), OpenedFile(handle: files.add(file), keepCache: true))
  }

  /// The node of a name, or nil when there is none.
  func existing(_ parent: InodeID, _ name: Name, maximumAge: Double? = nil) throws(Errno) -> Node? {
    do throws(Errno) {
      return try find(parent, name, maximumAge: maximumAge)
    } catch .ENOENT {
      return nil
    }
  }

  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    guard mode & S_IFMT == S_IFREG || mode & S_IFMT == 0 else { throw .EPERM }
    let (entry, opened) = try create(parent, name, permissions: mode, flags: [.create, .exclusive], caller: caller)
    let inode = entry.attributes.inode
    defer { release(inode, opened.handle) }
    try publish(try tree.node(inode), handle: nil)
    return entry
  }

  /// Asks the bucket again when what is known of a file is old.
  func refresh(_ node: Node) throws(Errno) {
    guard !node.isCurrent(timeToLive: configuration.metadataTimeToLive), node.inode != .root else { return }
    let key = try tree.key(node.inode)
    guard node.kind != .directory else {
      let (found, askedAt) = try resolve(ObjectKey(String(key.string.dropLast())), expecting: .directory)
      guard case .directory(let marker) = found else {
        if holdsLocal(node) { return }
        throw .ENOENT
      }
      node.state.withLock {
        if !$0.isYounger(than: askedAt) { $0.take(marker: marker, configuration, askedAt: askedAt) }
      }
      return
    }
    let (answer, startedAt) = try ask { [self] () async throws(S3Error) in await heads.head(key) }
    switch answer {
    case .failure(let error):
      if error.isNotFound { throw .ENOENT }
      throw report(error, .lookup)
    case .success(let head):
      let stored = StoredAttributes(metadata: head.properties.metadata)
      guard (stored.kind == .symbolicLink) == (node.kind == .symbolicLink) else { throw .ESTALE }
      node.state.withLock { state in
        if !state.isYounger(than: startedAt) { state.take(head, stored, configuration, askedAt: startedAt) }
      }
    }
  }

  // MARK: The local copy

  /// The local copy of a file that is open for writing.
  func localCopy(_ node: Node) throws(Errno) -> CacheFile {
    if let file = node.state.withLock({ $0.file }) { return file }
    if node.state.withLock({ $0.remote != nil && $0.properties == nil }) {
      // The object must keep what it says about itself, so that has to be known.
      let key = try tree.key(node.inode)
      let head = try ask(.lookup) { [client] () async throws(S3Error) in try await client.headObject(key) }
      let stored = StoredAttributes(metadata: head.properties.metadata)
      node.state.withLock { state in
        let ours = state
        state.take(head, stored, configuration, askedAt: MonotonicTime.now)
        // What was changed here and not told yet is younger.
        if ours.hasPendingAttributes { state.keepAttributes(of: ours) }
      }
    }
    let key = try tree.key(node.inode)
    let base = node.state.withLock { $0.remote.map { CacheFile.Base(etag: $0.etag, size: $0.size) } }
    return try makeLocalCopy(node, key: key, base: base, isExclusive: false)
  }

  private func makeLocalCopy(
    _ node: Node, key: ObjectKey, base: CacheFile.Base?, isExclusive: Bool
  ) throws(Errno) -> CacheFile {
    let properties = node.state.withLock { $0.objectProperties(node.kind, configuration) }
    let made = try local { () throws(WriteBackFailure) in
      try cache.makeFile(key: key, base: base, properties: properties, isExclusive: isExclusive)
    }
    let kept = node.state.withLock { state -> CacheFile in
      if let other = state.file { return other }
      state.file = made
      return made
    }
    guard kept === made else {
      cache.release(made)
      return kept
    }
    adopt(made, node)
    return made
  }

  func local<Value>(_ operation: () throws(WriteBackFailure) -> Value) throws(Errno) -> Value {
    do throws(WriteBackFailure) {
      return try operation()
    } catch {
      throw report(error)
    }
  }

  /// A handle is gone.
  private func closed(_ open: OpenFile) {
    if open.flags.allowsWriting { open.node.state.withLock { $0.writers -= 1 } }
    closed(open.node)
  }

  /// One user of the node fewer.
  func closed(_ node: Node) {
    node.state.withLock { $0.handles -= 1 }
    settleUnused(node)
  }

  /// If nobody has the file open, its copy goes when the bucket has everything, and is uploaded soon when it has not.
  func settleUnused(_ node: Node) {
    let unused = node.state.withLock { state -> (file: CacheFile, isClean: Bool)? in
      guard state.handles == 0, let file = state.file else { return nil }
      guard !file.isDirty else { return (file, false) }
      state.file = nil
      if !state.isDetached { state.size = file.size }
      return (file, true)
    }
    guard let unused else { return }
    if unused.isClean { giveUp(unused.file, node) } else { cache.uploadSoon(unused.file) }
  }

  /// A local copy keeps its node, even when nobody has it open.
  func adopt(_ file: CacheFile, _ node: Node) {
    tree.pin(node.inode)
    nodesByFile.withLock { $0[file.id] = node }
  }

  func giveUp(_ file: CacheFile, _ node: Node) {
    nodesByFile.withLock { _ = $0.removeValue(forKey: file.id) }
    cache.release(file)
    tree.unpin(node.inode)
  }

  // MARK: Reading and writing

  package func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply {
    let open = try files.get(handle)
    let node = open.node
    if let file = node.state.withLock({ $0.file }), file.isLocal {
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

  private func reader(of open: OpenFile) throws(Errno) -> ObjectReader {
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
    guard let file = open.node.state.withLock({ $0.file }) else { throw .EBADF }
    let written = try local { () throws(WriteBackFailure) in try file.write(bytes, at: offset) }
    open.noteChange(wroteBytes: true)
    let now = Timestamp.now
    open.node.state.withLock { $0.noteWritten(at: now) }
    return written
  }

  /// Changes the length of a file that has, or now gets, a local copy.
  func truncate(_ node: Node, to size: Int64) throws(Errno) {
    let file = try localCopy(node)
    try local { () throws(WriteBackFailure) in try file.truncate(to: size) }
    let now = Timestamp.now
    node.state.withLock { $0.noteWritten(at: now) }
  }

  // MARK: Closing

  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {
    let open = try files.get(handle)
    guard open.isChanged else { return }
    let process = ProcessTable.process(of: caller.pid)
    // A child that closes an inherited descriptor knows nothing of what its parent is still writing.
    guard process == open.openerProcess || process == 0 else { return }
    // `> file`: the shell has duplicated the descriptor and closes the first one; the content comes through the other.
    if !open.hasWritten, let key = try? tree.key(inode), isOpenElsewhere(process, key) { return }
    try publish(open.node, handle: open)
  }

  private func isOpenElsewhere(_ process: Int32, _ key: ObjectKey) -> Bool {
    guard !configuration.mountPoint.isEmpty else { return false }
    let path = String(Substring(key.string.utf8.dropFirst(configuration.prefix.utf8.count)))
    return ProcessTable.hasOpen(process, path: configuration.mountPoint + "/" + path)
  }

  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    let open = try files.get(handle)
    try publish(open.node, handle: open)
  }

  package func release(_ inode: InodeID, _ handle: HandleID) {
    guard let open = files.remove(handle) else { return }
    // The last word: whatever no close has published, and with an error that nobody hears but the log and `pail status`.
    // What a close has just failed to publish is the background's.
    if open.isChanged, !open.node.state.withLock({ $0.isDetached || $0.file?.hasFailed ?? false }) {
      try? publish(open.node, handle: open)
    }
    closed(open)
    tree.unpin(inode)
  }

  /// Brings a dirty file to the bucket (or, in delayed mode, makes it durable here and plans that).
  ///
  /// - Parameter handle: whose changes that are; those made while this runs wait for its next close.
  func publish(_ node: Node, handle: OpenFile?) throws(Errno) {
    let hadChange = handle?.takeChange() ?? false
    do throws(Errno) {
      try publish(node)
    } catch {
      if hadChange { handle?.giveBackChange() }
      throw error
    }
  }

  private func publish(_ node: Node) throws(Errno) {
    guard let file = node.state.withLock({ $0.isDetached ? nil : $0.file }) else { return }
    guard case .delayed(let delay) = cache.configuration.mode else {
      // Before taking the node's turn: whoever renames may need it.
      waitUntilStill(node.inode)
      return try node.exclusively { () throws(Errno) in try publishExclusively(node, file) }
    }
    guard file.isDirty else { return }
    try setProperties(of: file, node)
    try local { () throws(WriteBackFailure) in try cache.publishLater(file, delay: delay) }
  }

  /// ``publish(_:handle:)`` for a caller that has the node for itself.
  ///
  /// - Parameter isHolder: it has suspended the file, too.
  func publishExclusively(_ node: Node, _ file: CacheFile, isHolder: Bool = false) throws(Errno) {
    guard file.isDirty, !node.state.withLock({ $0.isDetached }) else { return }
    try setProperties(of: file, node)
    let isExclusive = file.isExclusive
    do throws(WriteBackFailure) {
      if let publication = try cache.publish(file, isHolder: isHolder) { published(node, file, publication) }
    } catch {
      if error.isConflict { conceded(node, file) }
      throw report(error, isExclusive ? .create : .overwrite)
    }
  }

  func setProperties(of file: CacheFile, _ node: Node) throws(Errno) {
    let properties = node.state.withLock { state -> ObjectProperties in
      state.hasPendingAttributes = false
      return state.objectProperties(node.kind, configuration)
    }
    try local { () throws(WriteBackFailure) in try file.setProperties(properties, makesDirty: false) }
  }

  /// The bucket has the file as it was when the upload was sealed.
  func published(_ node: Node, _ file: CacheFile, _ publication: CacheFile.Publication) {
    let stored = StoredAttributes(metadata: publication.properties.metadata)
    attributeCache.remember(publication.key, written: publication.written, stored)
    node.state.withLock { state in
      // Unless it was renamed after that.
      guard file.key == publication.key else { return }
      state.remote = Node.Remote(
        etag: publication.written.etag, size: publication.size, versionID: publication.written.versionID)
      state.pageVersion = publication.written.etag
      state.confirmedAt = MonotonicTime.now
    }
  }

  /// Somebody else has the name: the local version stays in the cache, parked, and the name shows the bucket's.
  func conceded(_ node: Node, _ file: CacheFile) {
    node.state.withLock { state in
      if state.file === file { state.file = nil }
      state.pageVersion = nil
    }
    nodesByFile.withLock { _ = $0.removeValue(forKey: file.id) }
    tree.remove(node)
    tree.unpin(node.inode)
  }
}

extension Node.State {
  fileprivate mutating func keepAttributes(of ours: Node.State) {
    (permissions, uid, gid) = (ours.permissions, ours.uid, ours.gid)
    (modified, modifiedIsExplicit, changed, accessed) =
      (ours.modified, ours.modifiedIsExplicit, ours.changed, ours.accessed)
  }

  mutating func noteWritten(at time: Timestamp) {
    modified = time
    changed = time
    modifiedIsExplicit = false
  }

  /// What the object shall say about itself: its own properties, and those attributes that are not the mount's defaults.
  func objectProperties(_ kind: FileKind, _ configuration: BucketFileSystemConfiguration) -> ObjectProperties {
    var result = properties ?? ObjectProperties()
    for (name, value) in stored(kind, configuration).metadata { result.metadata[name] = value }
    return result
  }

  /// The attributes that differ from the mount's defaults.
  func stored(_ kind: FileKind, _ configuration: BucketFileSystemConfiguration) -> StoredAttributes {
    var stored = StoredAttributes()
    let defaults = Node.State.defaults(kind, configuration, modified: modified)
    if kind == .symbolicLink || permissions != defaults.permissions { stored.mode = kind.modeBits | permissions }
    if uid != configuration.uid { stored.uid = uid }
    if gid != configuration.gid { stored.gid = gid }
    // A large file's upload begins before its last write, and cannot be told the time of that any more: LastModified serves.
    if modifiedIsExplicit || (file?.size ?? size) <= configuration.partSize { stored.modified = modified }
    return stored
  }
}
