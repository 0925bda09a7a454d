// SPDX-License-Identifier: Apache-2.0
//
// Copies all objects under a prefix to another prefix, in parallel.
//
// For: the rename of a directory. No state; async. The marker of the new directory itself is written last: until then what was
// there is as it was. What can go wrong: one copy fails; then those that were made are deleted again and the error is thrown, so
// that the caller finds the bucket as it was.

import HTTPTransport
import S3Client
import Transfer

struct PrefixCopy: Sendable {
  struct Copied: Sendable {
    /// The version that was copied.
    let source: ETag
    let written: WrittenObject
    let size: Int64
  }

  let client: S3Client
  /// Both end in `/`.
  let from, to: String
  /// There is an empty directory of the new name already, which stays when the copy fails.
  let replacesDirectory: Bool
  /// Copies under way at once.
  var concurrency = 16

  /// Copies everything. Returns the new version of each old key.
  func copy() async throws(S3Error) -> [ObjectKey: Copied] {
    var copied: [ObjectKey: Copied] = [:]
    do throws(S3Error) {
      var marker: ListedObject?
      var token: String?
      repeat {
        let page = try await client.listObjects(prefix: from, delimiter: nil, continuationToken: token)
        marker = marker ?? page.objects.first { $0.key == ObjectKey(from) }
        try await copy(page.objects.filter { $0.key != ObjectKey(from) }, into: &copied)
        token = page.nextContinuationToken
      } while token != nil
      // A store that does not list a marker of its own still has the directory: the new one needs a marker, too.
      let written = try await writeMarker(to)
      if let marker { copied[marker.key] = Copied(source: marker.etag, written: written, size: 0) }
    } catch {
      await remove(copied)
      throw error
    }
    return copied
  }

  /// Deletes copies that were made, as far as that succeeds.
  func remove(_ copies: [ObjectKey: Copied]) async {
    var keys = Set(copies.keys.map(newKey))
    // It may have been written, and its answer lost.
    if replacesDirectory { keys.remove(ObjectKey(to)) } else { keys.insert(ObjectKey(to)) }
    _ = try? await client.deleteObjects(keys.sorted(by: >))
  }

  func newKey(_ key: ObjectKey) -> ObjectKey {
    ObjectKey(to + String(Substring(key.string.utf8.dropFirst(from.utf8.count))))
  }

  private func copy(_ objects: [ListedObject], into copied: inout [ObjectKey: Copied]) async throws(S3Error) {
    var rest = objects[...]
    let result = await withTaskGroup(
      of: (ObjectKey, Result<Copied, S3Error>).self, returning: Result<[ObjectKey: Copied], S3Error>.self
    ) { group in
      var done: [ObjectKey: Copied] = [:]
      var failure: S3Error?
      for _ in 0..<concurrency {
        guard let object = rest.popFirst() else { break }
        group.addTask { await copyOne(object) }
      }
      while let (key, outcome) = await group.next() {
        switch outcome {
        case .success(let value): done[key] = value
        case .failure(let error): failure = failure ?? error
        }
        guard failure == nil, let object = rest.popFirst() else { continue }
        group.addTask { await copyOne(object) }
      }
      copied.merge(done) { _, new in new }
      if let failure { return .failure(failure) }
      return .success(done)
    }
    _ = try result.get()
  }

  private func copyOne(_ object: ListedObject) async -> (ObjectKey, Result<Copied, S3Error>) {
    let target = newKey(object.key)
    do throws(S3Error) {
      // Markers are second class in some stores, which cannot copy them: write a new one.
      if object.key.string.hasSuffix("/"), object.size == 0 {
        return (
          object.key, .success(Copied(source: object.etag, written: try await writeMarker(target.string), size: 0))
        )
      }
      let source = CopySource(bucket: nil, key: object.key, ifMatch: object.etag)
      let written = try await ObjectCopy(client: client).copy(source, size: object.size, to: target, properties: nil)
      return (object.key, .success(Copied(source: object.etag, written: written, size: object.size)))
    } catch {
      return (object.key, .failure(error))
    }
  }

  private func writeMarker(_ key: String) async throws(S3Error) -> WrittenObject {
    try await client.putObject(
      ObjectKey(key), body: .empty, properties: ObjectProperties(contentType: "application/x-directory"))
  }
}
