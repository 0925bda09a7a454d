// SPDX-License-Identifier: Apache-2.0
//
// Copies all objects under a prefix to another prefix, in parallel, and keeps the journal of that.
//
// For: the rename of a directory. Async; state: what the store has refused: to copy a
// marker, or to copy on a condition. Before a page of a listing is copied
// the journal knows its versions; what they became it learns a hundred at a time, and all of it before `copy()` returns. The marker
// of the new directory itself comes last: until then what was there is as it was.
// Nothing is copied over what somebody else has put under the new prefix since that was found empty: on stores that keep such a
// condition.
// What can go wrong: one copy fails; the error is thrown, and whoever has the journal undoes the others (RenameSettlement).

import HTTPTransport
import Locking
import S3Client
import Transfer
import WriteBackCache

struct PrefixCopy: Sendable {
  struct Copied: Sendable {
    /// The version that was copied.
    let source: ETag
    let written: WrittenObject
    let size: Int64
  }

  private typealias Outcome = Result<(ListedObject, WrittenObject), S3Error>

  let client: S3Client
  let cache: WriteBackCache
  let rename: PendingRename
  /// What is known here of markers, by their old keys.
  let markers: [ObjectKey: ObjectProperties]
  /// Copies under way at once.
  var concurrency = 16
  /// Copies that the journal learns of together.
  private static let batch = 100
  /// Markers are second class in some stores (SeaweedFS), which cannot copy them.
  private let copiesNoMarkers = Lock(false)
  /// Whether the store makes no copy on the condition that nothing is there.
  private let refusesConditions = Lock(false)

  init(client: S3Client, cache: WriteBackCache, rename: PendingRename, markers: [ObjectKey: ObjectProperties]) {
    (self.client, self.cache, self.rename, self.markers) = (client, cache, rename, markers)
  }

  /// Copies everything. Returns the new version of each old key.
  func copy() async throws(WriteBackFailure) -> [ObjectKey: Copied] {
    var copied: [ObjectKey: Copied] = [:]
    var marker: ListedObject?
    var token: String?
    let own = ObjectKey(rename.from)
    repeat {
      let page = try await list(token)
      // A power loss must not leave copies that nobody knows.
      try await note(page.objects.map { ($0, nil) }, isDurable: true)
      marker = marker ?? page.objects.first { $0.key == own }
      try await copy(page.objects.filter { $0.key != own }, into: &copied)
      token = page.nextContinuationToken
    } while token != nil
    // A store that does not list a marker of its own still has the directory: the new one needs a marker, too.
    let written: WrittenObject
    do throws(S3Error) {
      written = try await copyMarker(own, marker)
    } catch {
      throw .store(error)
    }
    if let marker {
      copied[own] = Copied(source: marker.etag, written: written, size: 0)
      try await note([(marker, written)])
    }
    return copied
  }

  private func list(_ token: String?) async throws(WriteBackFailure) -> ObjectListing {
    do throws(S3Error) {
      let page = try await client.listObjects(prefix: rename.from, delimiter: nil, continuationToken: token)
      // Before a store that is less strict makes an object that has no name here.
      if let long = page.objects.first(where: { newKey($0.key).string.utf8.count > ObjectKey.maximumLength }) {
        throw S3Error(
          code: "KeyTooLongError", message: "the new key is too long", status: 400, operation: "CopyObject",
          bucket: client.bucket, key: newKey(long.key))
      }
      return page
    } catch {
      throw .store(error)
    }
  }

  func newKey(_ key: ObjectKey) -> ObjectKey { ObjectKey(rename.to + name(key)) }

  /// Below either prefix.
  private func name(_ key: ObjectKey) -> String {
    String(Substring(key.string.utf8.dropFirst(rename.from.utf8.count)))
  }

  private func note(
    _ objects: [(ListedObject, WrittenObject?)], isDurable: Bool = false
  ) async throws(WriteBackFailure) {
    let copies = objects.map { object, written in
      PendingRename.Copy(
        name: name(object.key), etag: object.etag, size: object.size, lastModified: object.lastModified,
        copy: written?.etag)
    }
    try await ThreadPool.disk.run { [cache, rename] in
      Result<Void, WriteBackFailure> { () throws(WriteBackFailure) in
        try cache.note(copies, of: rename, isDurable: isDurable)
      }
    }.get()
  }

  /// Waits for all copies that have begun, also when one fails.
  private func copy(
    _ objects: [ListedObject], into copied: inout [ObjectKey: Copied]
  ) async throws(WriteBackFailure) {
    var rest = objects[...]
    let result = await withTaskGroup(
      of: Outcome.self, returning: Result<[(ListedObject, WrittenObject)], WriteBackFailure>.self
    ) { group in
      var done: [(ListedObject, WrittenObject)] = []
      var noted = 0
      var failure: WriteBackFailure?
      for _ in 0..<concurrency {
        guard let object = rest.popFirst() else { break }
        group.addTask { await copyOne(object) }
      }
      while let outcome = await group.next() {
        switch outcome {
        case .success(let copy): done.append(copy)
        case .failure(let error): failure = failure ?? .store(error)
        }
        if done.count - noted >= PrefixCopy.batch || rest.isEmpty && group.isEmpty {
          do throws(WriteBackFailure) { try await note(Array(done[noted...])) } catch { failure = failure ?? error }
          noted = done.count
        }
        guard failure == nil, let object = rest.popFirst() else { continue }
        group.addTask { await copyOne(object) }
      }
      // Of those that were under way when one failed.
      if noted < done.count { try? await note(Array(done[noted...])) }
      if let failure { return .failure(failure) }
      return .success(done)
    }
    for (object, written) in try result.get() {
      copied[object.key] = Copied(source: object.etag, written: written, size: object.size)
    }
  }

  private func copyOne(_ object: ListedObject) async -> Outcome {
    do throws(S3Error) {
      if object.size == 0, object.key.string.utf8.last == UInt8(ascii: "/") {
        return .success((object, try await copyMarker(object.key, object)))
      }
      let source = CopySource(bucket: nil, key: object.key, ifMatch: object.etag)
      let copy = ObjectCopy(client: client)
      let to = newKey(object.key)
      let condition: WriteCondition = refusesConditions.withLock { $0 } ? .always : .isAbsent
      do throws(S3Error) {
        return .success(
          (object, try await copy.copy(source, size: object.size, to: to, properties: nil, condition: condition)))
      } catch {
        if error.isConditionFailure {
          // An earlier answer may have been lost. Else somebody else has the name, or the source is another one now.
          let found = try await CopyEvidence.find(object.key, to, client)
          guard let found, found.size == object.size else { throw error }
          return .success((object, WrittenObject(etag: found.etag, versionID: found.versionID)))
        }
        // A store that knows no such condition; before the first copy was made the new name was listed.
        guard condition == .isAbsent, error.status == 501 || error.code == "NotImplemented" else { throw error }
        refusesConditions.withLock { $0 = true }
        return .success((object, try await copy.copy(source, size: object.size, to: to, properties: nil)))
      }
    } catch {
      return .failure(error)
    }
  }

  // MARK: Markers

  /// Gives the new directory a marker that says what the old one says.
  ///
  /// - Parameter marker: nil when it has none.
  private func copyMarker(_ key: ObjectKey, _ marker: ListedObject?) async throws(S3Error) -> WrittenObject {
    if let marker, !copiesNoMarkers.withLock({ $0 }) {
      do throws(S3Error) {
        let copied = try await client.copyObject(
          CopySource(bucket: nil, key: key, ifMatch: marker.etag), to: newKey(key))
        return WrittenObject(etag: copied.etag, versionID: copied.versionID, serverTime: copied.lastModified)
      } catch {
        guard error.isNotFound, error.code != "NoSuchBucket" else { throw error }
        copiesNoMarkers.withLock { $0 = true }
      }
    }
    return try await client.putObject(newKey(key), body: .empty, properties: try await properties(key, marker))
  }

  /// What the store says of a marker, else what is known of the directory here: some stores drop what a marker says.
  private func properties(_ key: ObjectKey, _ marker: ListedObject?) async throws(S3Error) -> ObjectProperties {
    var properties = ObjectProperties()
    do throws(S3Error) {
      if marker != nil { properties = try await client.headObject(key).properties }
    } catch {
      guard error.isNotFound, error.code != "NoSuchBucket" else { throw error }
    }
    if StoredAttributes(metadata: properties.metadata) == StoredAttributes(), let known = markers[key] {
      properties.metadata.merge(known.metadata) { $1 }
    }
    properties.contentType = "application/x-directory"
    return properties
  }
}
