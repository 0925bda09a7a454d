// SPDX-License-Identifier: Apache-2.0
//
// Brings the rename of a directory to its end: deletes the old objects, or, when not all copies were made, the copies.
//
// For: the rename itself, and what a crash or a silent store has left of one. No state; async; may be done again after any failure.
// The journal says which versions were copied; what is listed now is compared with it (RenameRemains). AWS keeps to the tag
// that goes with each key of a DeleteObjects, so that right after the copies nothing needs to be listed there; for other stores the
// old names are listed just before.
// What can go wrong: the store does not answer, or refuses; the journal stays for another attempt. Somebody changes an object
// between listing and deletion, and the store does not keep to tags: that change is lost.

import Logging
import S3Client
import Transfer
import WriteBackCache

struct RenameSettlement: Sendable {
  let client: S3Client
  let cache: WriteBackCache
  let logger: Logger

  /// Ends `rename` as its phase says, and forgets it.
  ///
  /// - Parameter isFresh: nobody can have touched the new names since the copies were made.
  /// - Returns: whether nothing is left under the names that go.
  func settle(_ rename: PendingRename, isFresh: Bool) async throws(WriteBackFailure) -> Bool {
    let copies = try await onDisk { [cache] () throws(WriteBackFailure) in
      let copies = try cache.copies(of: rename)
      guard rename.isLeft else { return copies }
      // What was changed here since needs what it is a version of.
      let changed = try cache.recordedKeys()
      let prefix = rename.phase == .deleting ? rename.from : rename.to
      return copies.filter { !changed.contains(ObjectKey(prefix + $0.name)) }
    }
    let isGone =
      switch rename.phase {
      case .deleting: try await finish(rename, copies, isFresh: isFresh)
      case .copying: try await undo(rename, copies)
      }
    try await onDisk { [cache] () throws(WriteBackFailure) in try cache.forget(rename) }
    return isGone
  }

  /// Gives `rename` up for this run.
  func leave(_ rename: PendingRename) async {
    _ = try? await onDisk { [cache] () throws(WriteBackFailure) in try cache.leave(rename) }
  }

  private func finish(
    _ rename: PendingRename, _ copies: [PendingRename.Copy], isFresh: Bool
  ) async throws(WriteBackFailure) -> Bool {
    var remains = RenameRemains(copies: copies, isLate: rename.isLeft)
    var names = Set(copies.map(\.below))
    if !isFresh || !client.isOfAWS {
      remains.old = try await list(rename.from)
      remains.new = isFresh ? remains.old : try await list(rename.to)
      names = remains.leftovers(alsoImplied: !client.isOfAWS && !rename.isLeft)
    }
    let versions = copies.filter { !$0.isMarker }.map { (ObjectKey(rename.from + $0.name), $0.etag) }
    let keptCount = try await delete(names, below: rename.from, Dictionary(versions) { first, _ in first })
    let isGone = keptCount == 0 && remains.old.keys.allSatisfy(names.contains)
    if !isGone {
      logger.notice(
        "objects that somebody else has changed stay under the old name of a directory",
        metadata: ["prefix": "\(rename.from)"])
    }
    return isGone
  }

  private func undo(_ rename: PendingRename, _ copies: [PendingRename.Copy]) async throws(WriteBackFailure) -> Bool {
    var remains = RenameRemains(copies: copies, isLate: rename.isLeft)
    (remains.old, remains.new) = (try await list(rename.from), try await list(rename.to))
    var same: Set<ObjectKey> = []
    for name in remains.unclear where try await isSame(rename, name) { same.insert(name) }
    let names = remains.undone(
      keepsMarker: rename.keepsMarker, same: same, alsoImplied: !client.isOfAWS && !rename.isLeft)
    let versions = names.compactMap { name in
      remains.new[name].flatMap { object in
        object.size > 0 || name.string.utf8.last != UInt8(ascii: "/")
          ? (ObjectKey(rename.to + name.string), object.etag) : nil
      }
    }
    let keptCount = try await delete(names, below: rename.to, Dictionary(versions) { first, _ in first })
    let others = remains.new.keys.filter { !names.contains($0) && !(rename.keepsMarker && $0.string.isEmpty) }
    if !others.isEmpty {
      logger.warning(
        "a rename was undone; objects under the new name that may not be its copies stay",
        metadata: ["prefix": "\(rename.to)", "count": "\(others.count)", "first": "\(others.sorted()[0])"])
    }
    return keptCount == 0 && others.isEmpty
  }

  /// Whether the new object of a name is a copy of the old one. One that nobody may look at stays.
  private func isSame(_ rename: PendingRename, _ name: ObjectKey) async throws(WriteBackFailure) -> Bool {
    let (old, new) = (ObjectKey(rename.from + name.string), ObjectKey(rename.to + name.string))
    do throws(S3Error) {
      return try await CopyEvidence.find(old, new, client) != nil
    } catch {
      let failure = WriteBackFailure.store(error)
      if failure.isTransient { throw failure }
      return false
    }
  }

  /// All objects below a prefix.
  private func list(_ prefix: String) async throws(WriteBackFailure) -> [ObjectKey: ListedObject] {
    var found: [ObjectKey: ListedObject] = [:]
    var token: String?
    do throws(S3Error) {
      repeat {
        let page = try await client.listObjects(prefix: prefix, delimiter: nil, continuationToken: token)
        for object in page.objects {
          found[ObjectKey(String(Substring(object.key.string.utf8.dropFirst(prefix.utf8.count))))] = object
        }
        token = page.nextContinuationToken
      } while token != nil
    } catch {
      throw .store(error)
    }
    return found
  }

  /// Deletes names, a directory's marker after what is below it: until then the tree is still a tree.
  ///
  /// - Returns: how many have another version now, and stay.
  private func delete(
    _ names: Set<ObjectKey>, below prefix: String, _ versions: [ObjectKey: ETag]
  ) async throws(WriteBackFailure) -> Int {
    let keys = names.map { ObjectKey(prefix + $0.string) }.sorted(by: >)
    let failures: [DeleteFailure]
    do throws(S3Error) {
      failures = try await delete(keys, versions)
    } catch {
      throw .store(error)
    }
    if let failure = failures.first(where: { !$0.isConditionFailure }) {
      let isRefusal = failure.code == "AccessDenied" || failure.code == "MethodNotAllowed"
      throw .store(
        S3Error(
          code: failure.code, message: failure.message, status: isRefusal ? 403 : 503, operation: "DeleteObjects",
          bucket: client.bucket, key: failure.key))
    }
    // What is gone already went with an earlier request whose answer was lost, or somebody else has deleted it.
    return failures.filter { $0.code != "NoSuchKey" }.count
  }

  private func delete(_ keys: [ObjectKey], _ versions: [ObjectKey: ETag]) async throws(S3Error) -> [DeleteFailure] {
    do throws(S3Error) {
      return try await client.deleteObjects(keys, versions: versions)
    } catch {
      // A store that knows no tags there.
      guard error.status == 501 || error.code == "MalformedXML" || error.code == "NotImplemented" else { throw error }
      return try await client.deleteObjects(keys)
    }
  }

  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable () throws(WriteBackFailure) -> Value
  ) async throws(WriteBackFailure) -> Value {
    try await ThreadPool.disk.run { Result<Value, WriteBackFailure> { () throws(WriteBackFailure) in try body() } }
      .get()
  }
}
