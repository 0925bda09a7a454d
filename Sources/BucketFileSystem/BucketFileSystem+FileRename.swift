// SPDX-License-Identifier: Apache-2.0
//
// rename(2) of files and symbolic links.
//
// A file that was never uploaded is renamed here only. Any other is copied by the store; its changed attributes ride along. A dirty
// one is uploaded under its old name first, as a close would do it, so that no version is ever under a name that it never had.
// What is written through open handles meanwhile follows: it is a change of the copy.
// What was only here of the target is given up when the new name is complete, in one commit with the source's new name where that
// has a row in the index: of two files of one name a crash would let chance decide. A crash between the store's copy and that
// undoes the copy, with the target's bytes.
// What can go wrong: the answer to the copy is lost; the target may be replaced then although the old name is still there.

import Locking
import S3Client
import Transfer
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// Gives a file its new name in the bucket, as far as that has it, and its copy the new key.
  func moveFile(
    _ node: Node, _ name: Name, _ newParent: InodeID, _ newName: Name, replacing target: Node?, _ flags: RenameFlags
  ) throws(Errno) -> OldObjects {
    let oldKey = try tree.key(node.inode)
    let newKey = try tree.key(newParent, newName, isDirectory: false)
    try requireRoom(for: newKey)
    let replaced = target?.state.withLock { $0.file }
    // An upload of the target that ended after the copy would take the place of what is moved here.
    if let replaced { try suspend(replaced) }
    defer { if let replaced { cache.resume(replaced) } }
    target?.state.withLock { $0.takeUpload() }
    let file = node.state.withLock { $0.file }
    if let file {
      try suspend(file)
      catchUp(node, with: file)
    }
    defer {
      if let file { cache.resume(file) }
      settleUnused(node)
    }
    // What the store is told of it below is what it is now.
    if let file, file.mayExistInBucket { try publishExclusively(node, file, isHolder: true) }
    let oldType = try guessTypeAgain(node, name, newName)
    let copy = node.state.withLock { state in
      state.remote.map { VersionMark(size: $0.size, crc32: nil, etag: $0.etag) }
    }
    let old: OldObjects
    do throws(Errno) {
      let mustBeAbsent = flags.contains(.noReplace)
      if let file, !file.mayExistInBucket {
        try moveHere(node, file, to: newKey, replacing: target, mustBeAbsent: mustBeAbsent)
        old = .none
      } else {
        if let replaced, let copy {
          try local { () throws(WriteBackFailure) in try replaced.expectReplacement(by: copy) }
        }
        let source = try copyFile(node, file, from: oldKey, to: newKey, replacing: replaced, mustBeAbsent: mustBeAbsent)
        old = .file(oldKey, source)
      }
    } catch {
      if let oldType { node.state.withLock { $0.properties?.contentType = oldType } }
      // What cannot be recorded the target's next change records. Without an answer the copy may have been made.
      if let replaced, let copy, error.isRefusal { try? replaced.missReplacement(by: copy) }
      throw error
    }
    if let target { forgetBytes(of: target) }
    return old
  }

  /// Never uploaded: nothing to tell the store. A closed file waits for its upload under the new name.
  ///
  /// The target's object is replaced by that upload. Until then it is what this is a new version of: otherwise a removal or another
  /// rename would leave it, and the old content come back.
  private func moveHere(
    _ node: Node, _ file: CacheFile, to newKey: ObjectKey, replacing target: Node?, mustBeAbsent: Bool
  ) throws(Errno) {
    let (remote, replaced) = target.map { target in target.state.withLock { ($0.remote, $0.file) } } ?? (nil, nil)
    let isUnclear = replaced?.isUnclear ?? false
    let place: CacheFile.Place = mustBeAbsent ? .absent : isUnclear ? .unknown : .version(remote?.etag)
    try local { () throws(WriteBackFailure) in try file.move(to: newKey, place, replacing: replaced) }
    node.state.withLock { $0.remote = isUnclear ? nil : remote }
  }

  /// Returns the version that was copied.
  private func copyFile(
    _ node: Node, _ file: CacheFile?, from oldKey: ObjectKey, to newKey: ObjectKey, replacing replaced: CacheFile?,
    mustBeAbsent: Bool
  ) throws(Errno) -> ETag {
    guard let remote = node.state.withLock({ $0.remote }) else { throw .ENOENT }
    let hadPending = node.state.withLock { $0.hasPendingAttributes }
    if hadPending { try learnProperties(of: node) }
    // Without changed attributes the store copies what it has; with them the copy says the new ones.
    let properties = node.state.withLock { state -> ObjectProperties? in
      defer { state.hasPendingAttributes = false }
      return hadPending ? state.objectProperties(node.kind, configuration) : nil
    }
    let copy = ObjectCopy(client: client)
    let source = CopySource(bucket: nil, key: oldKey, ifMatch: remote.etag)
    let condition: WriteCondition = mustBeAbsent ? .isAbsent : .always
    do throws(Errno) {
      let written = try ask(mustBeAbsent ? .create : .overwrite) { () async throws(S3Error) in
        try await copy.copy(source, size: remote.size, to: newKey, properties: properties, condition: condition)
      }
      if let file {
        try local { () throws(WriteBackFailure) in
          try file.move(to: newKey, .version(written.etag), replacing: replaced)
        }
      }
      let stored = node.state.withLock { $0.stored(node.kind, configuration) }
      if properties != nil {
        attributeCache.remember(newKey, written: written, stored)
      } else {
        // What had the name may have had the same bytes within the same second: its attributes are not this file's.
        attributeCache.forget(newKey)
      }
      // Readers go on under the new name before the old one is gone.
      moved(node, from: remote.etag, to: newKey, written, size: remote.size)
    } catch {
      node.state.withLock { if hadPending { $0.hasPendingAttributes = true } }
      throw error
    }
    return remote.etag
  }

  /// A type that was guessed from the old name is guessed from the new one: rsync and editors write under a temporary name.
  ///
  /// A type of somebody's choice stays, and so does any when the new name says nothing. Returns the old type when it changed.
  private func guessTypeAgain(_ node: Node, _ name: Name, _ newName: Name) throws(Errno) -> String? {
    guard node.kind == .regular, let type = mediaTypes.type(of: newName.string) else { return nil }
    let oldType = mediaTypes.type(of: name.string) ?? MediaTypes.unknown
    guard type != oldType else { return nil }
    try learnProperties(of: node)
    let isChanged = node.state.withLock { state in
      guard state.properties?.contentType == oldType else { return false }
      state.properties?.contentType = type
      return true
    }
    guard isChanged else { return nil }
    try attributesChanged(node)
    return oldType
  }
}

extension Errno {
  /// Whether the store has said no to a copy.
  fileprivate var isRefusal: Bool { [.EACCES, .EPERM, .ENOENT, .ESTALE, .EEXIST].contains(self) }
}
