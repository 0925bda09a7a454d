// SPDX-License-Identifier: Apache-2.0
//
// From names to nodes.
//
// A name is answered, in this order, from a local node, from what was confirmed within the time to live, from a fresh listing
// of the parent (with the attribute cache or a HEAD), and else by HEAD of the key and LIST of `key/` at the same time.
// What can go wrong: an answer that was asked for before a local change and comes after it; each answer carries the time at
// which it was asked for, and never beats what is younger.

import Locking
import S3Client
import Transfer
package import VFS

extension BucketFileSystem {
  package func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    while true {
      let node = try find(parent, name)
      // A forget of earlier lookups may just have taken the node away.
      if tree.countLookup(node.inode) { return entry(node) }
    }
  }

  package func forget(_ inode: InodeID, count: UInt64) { tree.forget(inode, count) }

  /// What the bucket has under a name.
  enum Resolution: Sendable {
    case absent
    case object(ObjectHead)
    /// With its marker object, where there is one.
    case directory(marker: ObjectHead?)
  }

  func directory(_ inode: InodeID) throws(Errno) -> (node: Node, state: DirectoryState) {
    let node = try tree.node(inode)
    guard let state = node.directory else { throw .ENOTDIR }
    return (node, state)
  }

  /// The node of a name. Throws ENOENT.
  ///
  /// - Parameter maximumAge: seconds that an answer may be old.
  func find(_ parent: InodeID, _ name: Name, maximumAge: Double? = nil) throws(Errno) -> Node {
    let directory = try directory(parent).state
    try settleRenames(parent, name)
    if let node = try findByRules(parent, name, directory) { return node }
    let maximumAge = maximumAge ?? configuration.metadataTimeToLive
    if let node = tree.child(parent, name) {
      if node.isCurrent(timeToLive: maximumAge) { return node }
    } else if let time = directory.absence(of: name), MonotonicTime.now - time <= maximumAge {
      throw .ENOENT
    }
    if let node = try findListed(parent, name, directory, maximumAge) { return node }
    if try listForMisses(parent, directory), let node = try findListed(parent, name, directory, maximumAge) {
      return node
    }
    let key = try tree.key(parent, name, isDirectory: false)
    while true {
      let known = tree.child(parent, name)?.kind
      let (resolution, askedAt) = try resolve(key, expecting: known)
      // Made here meanwhile, and forgotten by the kernel: ask again.
      if tree.child(parent, name) == nil, directory.isOutdated(askedAt, for: name) { continue }
      return try install(resolution, parent, name, directory, askedAt: askedAt)
    }
  }

  /// Answers from a listing of the parent that is young enough.
  private func findListed(
    _ parent: InodeID, _ name: Name, _ directory: DirectoryState, _ maximumAge: Double
  ) throws(Errno) -> Node? {
    guard let listing = directory.listing, MonotonicTime.now - listing.startedAt <= maximumAge || !listing.isComplete
    else { return nil }
    guard let listed = listing.entry(name) else {
      guard listing.isComplete, MonotonicTime.now - listing.startedAt <= maximumAge,
        !directory.isOutdated(listing.startedAt, for: name)
      else { return nil }
      return try install(.absent, parent, name, directory, askedAt: listing.startedAt)
    }
    guard MonotonicTime.now - listed.askedAt <= max(maximumAge, 0), !directory.isOutdated(listed.askedAt, for: name)
    else { return nil }
    if let absence = directory.absence(of: name), absence >= listed.askedAt { return nil }
    guard case .object(let etag, let size, let lastModified) = listed.content else {
      // Whether a directory has attributes of its own only its marker can tell.
      guard let node = tree.child(parent, name), node.kind == .directory else { return nil }
      node.state.withLock { $0.confirmedAt = max($0.confirmedAt, listed.askedAt) }
      return node
    }
    let key = try tree.key(parent, name, isDirectory: false)
    let version = AttributeCache.Version(etag: etag, lastModified: lastModified)
    // What may not be read tells nothing but this.
    if let stored = mayRead(key) ? attributeCache.attributes(of: key, version: version) : StoredAttributes() {
      return try install(
        listed: stored, size: size, version, parent, name, directory, askedAt: listed.askedAt)
    }
    // The program seems to look at one entry after the other: ask for the next ones as well.
    heads.begin(try upcoming(after: name, in: listing, parent))
    return nil
  }

  /// Asks the bucket: the object and the prefix at once, or first the one that was there before. Also returns when (monotonic
  /// seconds) the oldest of the requests was sent; it may have been under way before this call.
  func resolve(
    _ key: ObjectKey, expecting kind: FileKind?
  ) throws(Errno) -> (resolution: Resolution, askedAt: Double) {
    let prefix = key.string + "/"
    let startedAt = MonotonicTime.now
    let (found, askedAt) = try ask(.lookup) { [self] () async throws(S3Error) in
      switch kind {
      case .directory:
        if let found = try await directory(prefix) { return (found, startedAt) }
        let (object, askedAt) = try await object(key)
        return (object ?? .absent, min(askedAt, startedAt))
      case .some:
        let (object, askedAt) = try await object(key)
        if let object { return (object, min(askedAt, startedAt)) }
        return (try await directory(prefix) ?? .absent, min(askedAt, startedAt))
      case nil:
        async let asDirectory = Result.of { () async throws(S3Error) in try await self.directory(prefix) }
        let asObject = await Result.of { () async throws(S3Error) in try await self.object(key) }
        // Where both exist the directory wins.
        if let found = try await asDirectory.get() { return (found, startedAt) }
        let (object, askedAt) = try asObject.get()
        return (object ?? .absent, min(askedAt, startedAt))
      }
    }
    guard case .directory(let marker?) = found else { return (found, askedAt) }
    return (.directory(marker: completed(marker, ObjectKey(prefix))), askedAt)
  }

  private func object(_ key: ObjectKey) async throws(S3Error) -> (found: Resolution?, askedAt: Double) {
    let (answer, askedAt) = await heads.head(key)
    switch answer {
    case .success(let head): return (.object(head), askedAt)
    case .failure(let error):
      if error.isNotFound, error.code != "NoSuchBucket" { return (nil, askedAt) }
      throw error
    }
  }

  private func directory(_ prefix: String) async throws(S3Error) -> Resolution? {
    // Who may read and not list is told of a marker at least.
    guard mayList(prefix) else { return try await marker(ObjectKey(prefix)) }
    let page = try await client.listObjects(prefix: prefix, delimiter: nil, maximumKeys: 1)
    guard let first = page.objects.first else { return page.commonPrefixes.isEmpty ? nil : .directory(marker: nil) }
    guard first.key == ObjectKey(prefix), mayRead(first.key) else { return .directory(marker: nil) }
    // Removed in between, or a store that lists markers without keeping them as objects.
    return try await marker(first.key) ?? .directory(marker: nil)
  }

  private func marker(_ key: ObjectKey) async throws(S3Error) -> Resolution? {
    guard mayRead(key) else { return nil }
    do throws(S3Error) {
      return .directory(marker: try await objects.head(key))
    } catch {
      if error.isNotFound { return nil }
      throw error
    }
  }

  /// Brings the tree in line with what the bucket said.
  @discardableResult
  func install(
    _ resolution: Resolution, _ parent: InodeID, _ name: Name, _ directory: DirectoryState, askedAt: Double
  ) throws(Errno) -> Node {
    let known = tree.child(parent, name)
    // What changed here after the question was asked is younger than the answer.
    if let known, known.isLocal || known.state.withLock({ $0.confirmedAt > askedAt }) { return known }
    if let absence = directory.absence(of: name), absence > askedAt { throw .ENOENT }
    switch resolution {
    case .absent:
      if let known {
        // Another client removed it, but something below is only here yet.
        if holdsLocal(known) { return known }
        tree.remove(known)
      }
      directory.noteAbsent(name, at: askedAt)
      directory.withMisses { $0.noteMiss(at: MonotonicTime.now, period: configuration.metadataTimeToLive) }
      throw .ENOENT
    case .object(let head):
      let stored = StoredAttributes(metadata: head.properties.metadata)
      let kind = stored.kind(ofSize: head.size)
      // A new node is complete before anybody can find it; an old one may have changed since the question above.
      let (node, isNew) = try tree.insert(parent, name, kind) {
        var state = Node.State.defaults(kind, configuration, modified: .now)
        state.take(head, stored, configuration, askedAt: askedAt)
        return state
      }
      if !isNew {
        node.state.withLock {
          if !$0.isYounger(than: askedAt) { $0.take(head, stored, configuration, askedAt: askedAt) }
        }
      }
      directory.notePresent(name, isDirectory: false)
      return node
    case .directory(let marker):
      let (node, isNew) = try tree.insert(parent, name, .directory) {
        // One without a marker has no time of its own: that of the mount's beginning, which is at least the same each time.
        let modified = marker.map { Timestamp(seconds: $0.lastModified) } ?? mountedAt
        var state = Node.State.defaults(.directory, configuration, modified: modified)
        state.take(marker: marker, configuration, askedAt: askedAt)
        return state
      }
      if !isNew {
        node.state.withLock {
          if !$0.isYounger(than: askedAt) { $0.take(marker: marker, configuration, askedAt: askedAt) }
        }
      }
      node.directory?.hasMarker = marker != nil
      directory.notePresent(name, isDirectory: true)
      return node
    }
  }

  /// Brings the tree in line with a listing and attributes that are known already.
  func install(
    listed stored: StoredAttributes, size: Int64, _ version: AttributeCache.Version, _ parent: InodeID, _ name: Name,
    _ directory: DirectoryState, askedAt: Double
  ) throws(Errno) -> Node {
    let known = tree.child(parent, name)
    if let known, known.isLocal || known.state.withLock({ $0.confirmedAt > askedAt }) { return known }
    let kind = stored.kind(ofSize: size)
    let (node, isNew) = try tree.insert(parent, name, kind) {
      var state = Node.State.defaults(kind, configuration, modified: .now)
      state.take(stored, size: size, version, configuration, askedAt: askedAt)
      return state
    }
    if !isNew {
      node.state.withLock { state in
        guard !state.isYounger(than: askedAt) else { return }
        state.take(stored, size: size, version, configuration, askedAt: askedAt)
      }
    }
    directory.notePresent(name, isDirectory: false)
    return node
  }

  /// Whether the node, or something below it, is not in the bucket yet.
  func holdsLocal(_ node: Node) -> Bool {
    node.isLocal || node.kind == .directory && tree.descendants(node.inode).contains(where: \.isLocal)
  }
}

extension Result where Failure == S3Error, Success: Sendable {
  /// The outcome of `operation` as a value.
  static func of(_ operation: @Sendable () async throws(S3Error) -> Success) async -> Result<Success, S3Error> {
    do throws(S3Error) {
      return .success(try await operation())
    } catch {
      return .failure(error)
    }
  }
}
