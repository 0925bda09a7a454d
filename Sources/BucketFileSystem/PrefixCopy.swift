// SPDX-License-Identifier: Apache-2.0
//
// Copies all objects under a prefix to another prefix, in parallel.
//
// For: the rename of a directory. No state; async. What can go wrong: one copy fails; then those that were made are deleted
// again and the error is thrown, so that the caller finds the bucket as it was.

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
  /// Copies under way at once.
  var concurrency = 16

  /// Copies everything under `prefix`. Returns the new version of each old key.
  func copy(_ prefix: String, to newPrefix: String) async throws(S3Error) -> [ObjectKey: Copied] {
    var copied: [ObjectKey: Copied] = [:]
    do throws(S3Error) {
      var token: String?
      repeat {
        let page = try await client.listObjects(prefix: prefix, delimiter: nil, continuationToken: token)
        try await copy(page.objects, from: prefix, to: newPrefix, into: &copied)
        token = page.nextContinuationToken
      } while token != nil
      // A store that does not list a marker of its own still has the directory: the new one needs a marker, too.
      if copied[ObjectKey(prefix)] == nil { try await writeMarker(newPrefix) }
    } catch {
      _ = try? await client.deleteObjects(copied.keys.map { newKey($0, from: prefix, to: newPrefix) })
      throw error
    }
    return copied
  }

  private func newKey(_ key: ObjectKey, from prefix: String, to newPrefix: String) -> ObjectKey {
    ObjectKey(newPrefix + String(Substring(key.string.utf8.dropFirst(prefix.utf8.count))))
  }

  private func copy(
    _ objects: [ListedObject], from prefix: String, to newPrefix: String, into copied: inout [ObjectKey: Copied]
  ) async throws(S3Error) {
    var rest = objects[...]
    let result = await withTaskGroup(
      of: (ObjectKey, Result<Copied, S3Error>).self, returning: Result<[ObjectKey: Copied], S3Error>.self
    ) { group in
      var done: [ObjectKey: Copied] = [:]
      var failure: S3Error?
      for _ in 0..<concurrency {
        guard let object = rest.popFirst() else { break }
        group.addTask { await copyOne(object, from: prefix, to: newPrefix) }
      }
      while let (key, outcome) = await group.next() {
        switch outcome {
        case .success(let value): done[key] = value
        case .failure(let error): failure = failure ?? error
        }
        guard failure == nil, let object = rest.popFirst() else { continue }
        group.addTask { await copyOne(object, from: prefix, to: newPrefix) }
      }
      copied.merge(done) { _, new in new }
      if let failure { return .failure(failure) }
      return .success(done)
    }
    _ = try result.get()
  }

  private func copyOne(
    _ object: ListedObject, from prefix: String, to newPrefix: String
  ) async -> (ObjectKey, Result<Copied, S3Error>) {
    let target = newKey(object.key, from: prefix, to: newPrefix)
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

  @discardableResult
  private func writeMarker(_ key: String) async throws(S3Error) -> WrittenObject {
    try await client.putObject(
      ObjectKey(key), body: .empty, properties: ObjectProperties(contentType: "application/x-directory"))
  }
}
