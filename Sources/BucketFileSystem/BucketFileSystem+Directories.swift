// SPDX-License-Identifier: Apache-2.0
//
// opendir(3), readdir(3).
//
// A directory is a common prefix or a zero-byte marker `name/`. A listing is what the bucket says, plus the files that are
// only here.
// What can go wrong: a page that does not come; the first one is asked for before anything is emitted, so that the error is
// told at once.

import Logging
import Glibc
import Locking
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  // MARK: Reading

  package func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID {
    let (node, state) = try directory(inode)
    try settleRenames(in: inode)
    let (listing, here) = try newListing(node, state)
    tree.pin(inode)
    return directories.add(OpenDirectory(node: node, listing: listing, here: here))
  }

  /// A listing, and what was only here before it was asked for: when an upload ends meanwhile, and nobody holds its node, the
  /// name is in neither afterwards.
  private func newListing(
    _ node: Node, _ state: DirectoryState
  ) throws(Errno) -> (DirectoryListing, here: [Name: FileKind]) {
    let begunAt = MonotonicTime.now
    let local = tree.children(node.inode).filter { holdsLocal($0.node) }
    let listing = try makeListing(node.inode)
    state.listing = listing
    var here: [Name: FileKind] = [:]
    for (name, child) in local where state.absence(of: name).map({ $0 < begunAt }) ?? true { here[name] = child.kind }
    return (listing, here)
  }

  package func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    let open = try directories.get(handle)
    guard let state = open.node.directory else { throw .ENOTDIR }
    if offset == 0 {
      // rewinddir(3): the directory as it is now. Who has come to its end once has rewound.
      let listing = open.listing.withLock { $0 }
      let isOld = listing.isComplete && MonotonicTime.now - listing.startedAt > configuration.metadataTimeToLive
      if isOld || open.locals.withLock({ $0 != nil }) {
        let (fresh, here) = try newListing(open.node, state)
        open.listing.withLock { $0 = fresh }
        open.here.withLock { $0 = here }
        open.locals.withLock { $0 = nil }
      }
      // Before anything is emitted: behind entries an error is kept back, and a silent store would be waited for twice.
      _ = try entries(of: open.listing.withLock { $0 }, from: 0)
      guard emit(DirectoryEntry(name: ".", kind: .directory, inode: inode, nextOffset: 1)) else { return }
    }
    if offset <= 1 {
      guard emit(DirectoryEntry(name: "..", kind: .directory, inode: tree.parent(of: inode), nextOffset: 2)) else {
        return
      }
    }
    let listing = open.listing.withLock { $0 }
    // Offsets 0 and 1 are `.` and `..`; entry i of the listing has offset i + 2.
    var position = Int(max(offset, 2)) - 2
    while true {
      let entries = try entries(of: listing, from: position)
      guard !entries.isEmpty else { break }
      let prefix = try tree.key(inode).string
      // The last one: who removes what he reads comes to it last.
      var witness: DirectoryListing.Entry?
      defer { if let witness { state.noteSeen(witness.name, at: witness.askedAt) } }
      for entry in entries {
        let next = Int64(position + 3)
        position += 1
        let known = tree.child(inode, entry.name)
        // Removed here since the page was asked for.
        if known == nil, let absence = state.absence(of: entry.name), absence >= entry.askedAt { continue }
        witness = entry
        let key = ObjectKey(prefix + entry.name.string)
        guard try emitListed(entry, key, known, open.node, state, plus: plus, nextOffset: next, emit) else { return }
      }
    }
    noteHidden(listing)
    countSubdirectories(of: open.node, listing)
    try emitLocals(open, listing, from: position, plus: plus, emit)
  }

  private func entries(
    of listing: DirectoryListing, from position: Int
  ) throws(Errno) -> ArraySlice<DirectoryListing.Entry> {
    do throws(S3Error) {
      return try listing.entries(from: position, limit: 1_000)
    } catch {
      throw report(error, .lookup)
    }
  }

  private func emitListed(
    _ entry: DirectoryListing.Entry, _ key: ObjectKey, _ known: Node?, _ parent: Node, _ directory: DirectoryState,
    plus: Bool, nextOffset: Int64, _ emit: (DirectoryEntry) -> Bool
  ) throws(Errno) -> Bool {
    var kind: FileKind? = known?.kind
    var answer: Entry?
    var node = known
    switch entry.content {
    case .directory:
      kind = kind ?? .directory
      if let known, known.kind == .directory {
        known.state.withLock { $0.confirmedAt = max($0.confirmedAt, entry.askedAt) }
      }
    case .object(let etag, let size, let lastModified):
      let version = AttributeCache.Version(etag: etag, lastModified: lastModified)
      if let stored = mayRead(key) ? attributeCache.attributes(of: key, version: version) : StoredAttributes() {
        kind = stored.kind(ofSize: size)
        if plus, !directory.isOutdated(entry.askedAt, for: entry.name) {
          node = try install(
            listed: stored, size: size, version, parent.inode, entry.name, directory, askedAt: entry.askedAt)
        }
      } else if kind == nil, size > 4_095 {
        // A symbolic link is never longer than a path, and may be empty like a FIFO: below that it takes a HEAD to know.
        kind = .regular
      }
    }
    if plus, let node, node.isCurrent(timeToLive: configuration.metadataTimeToLive), tree.countLookup(node.inode) {
      answer = self.entry(node)
    }
    let taken = emit(
      DirectoryEntry(
        name: entry.name.string, kind: kind, inode: node?.inode ?? tree.number(of: entry.name, in: parent.inode),
        nextOffset: nextOffset,
        entry: answer))
    // A node that was made here and not told of goes again.
    if let node {
      if answer == nil, known == nil { tree.forget(node.inode, 0) }
      if answer != nil, !taken { tree.forget(node.inode, 1) }
    }
    return taken
  }

  /// What is here and not yet in the bucket, or is there since after the listing was asked for.
  private func emitLocals(
    _ open: OpenDirectory, _ listing: DirectoryListing, from position: Int, plus: Bool, _ emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    let count = listing.count
    let here = open.here.withLock { $0 }
    let names = open.locals.withLock { names in
      if let names { return names }
      let found = tree.children(open.node.inode).filter { isMissing($0.node, in: listing) }.map(\.name)
      let all = Set(found).union(here.keys).filter { listing.entry($0) == nil }.sorted()
      names = all
      return all
    }
    for (index, name) in names.enumerated().dropFirst(position - count) {
      let node = tree.child(open.node.inode, name)
      guard node.map({ isMissing($0, in: listing) }) ?? false || wasHere(name, here, open.node, listing) else {
        continue
      }
      let isCounted = plus && node.map { tree.countLookup($0.inode) } ?? false
      let taken = emit(
        DirectoryEntry(
          name: name.string, kind: node?.kind ?? here[name],
          inode: node?.inode ?? tree.number(of: name, in: open.node.inode),
          nextOffset: Int64(count + index + 3), entry: isCounted ? node.map { entry($0) } : nil))
      if !taken {
        if isCounted, let node { tree.forget(node.inode, 1) }
        return
      }
    }
  }

  /// Whether a name was only here when the listing was asked for, and was not removed since.
  private func wasHere(
    _ name: Name, _ here: [Name: FileKind], _ directory: Node, _ listing: DirectoryListing
  ) -> Bool {
    guard here[name] != nil else { return false }
    return directory.directory?.absence(of: name).map { $0 < listing.startedAt } ?? true
  }

  private func isMissing(_ node: Node, in listing: DirectoryListing) -> Bool {
    holdsLocal(node) || node.state.withLock { $0.confirmedAt > listing.startedAt }
  }

  /// All entries are known now, so the directories among them are.
  private func countSubdirectories(of directory: Node, _ listing: DirectoryListing) {
    guard let state = directory.directory else { return }
    var names = listing.directories.filter { name in state.absence(of: name).map { $0 < listing.startedAt } ?? true }
    for (name, node) in tree.children(directory.inode) where node.kind == .directory { names.insert(name) }
    state.noteSubdirectories(names)
  }

  private func noteHidden(_ listing: DirectoryListing) {
    guard listing.hiddenCount > 0, listing.reportHiddenOnce() else { return }
    logger.warning(
      "some keys cannot be file names and are hidden",
      metadata: ["prefix": "\(listing.prefix)", "count": "\(listing.hiddenCount)"])
  }

  package func releasedir(_ inode: InodeID, _ handle: HandleID) {
    if directories.remove(handle) != nil { tree.unpin(inode) }
  }
}
