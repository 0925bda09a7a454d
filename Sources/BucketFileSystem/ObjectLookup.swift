// SPDX-License-Identifier: Apache-2.0
//
// Asking for one object, with the rights that there are.
//
// For: HeadPrefetch, which stands before it. A HEAD, as long as no access rules say otherwise. Under such rules a store may answer 403
// for an object that does not exist, since nobody may list the whole bucket; then a listing of the key decides, where that is granted.
// Without the right to read, a listing is all there is to ask: it knows size, time and version.
// No state; any task. What can go wrong: a 403 where nothing can be listed; it is taken for "no such object", which it most often is.

import AmplifyOutputs
import S3Client
import Transfer

struct ObjectLookup: Sendable {
  let client: S3Client
  let access: AccessRules?

  /// Throws what the store says; 404 for what does not exist.
  func head(_ key: ObjectKey) async throws(S3Error) -> ObjectHead {
    guard let access else { return try await client.headObject(key) }
    let isListed = access.allows(.list, ObjectLookup.directory(of: key))
    if !access.allows(.get, key.string) { return try await listed(key, isListed: isListed) }
    do throws(S3Error) {
      return try await client.headObject(key)
    } catch {
      guard error.status == 403 else { throw error }
      _ = try await listed(key, isListed: isListed)
      throw error
    }
  }

  private func listed(_ key: ObjectKey, isListed: Bool) async throws(S3Error) -> ObjectHead {
    guard isListed else { throw absent(key) }
    let page = try await client.listObjects(prefix: key.string, delimiter: nil, maximumKeys: 1)
    guard let object = page.objects.first, object.key == key else { throw absent(key) }
    return ObjectHead(
      size: object.size, etag: object.etag, lastModified: object.lastModified, storageClass: object.storageClass)
  }

  private func absent(_ key: ObjectKey) -> S3Error {
    S3Error(
      code: "NoSuchKey", message: "the object does not exist", status: 404, operation: "HeadObject",
      bucket: client.bucket, key: key)
  }

  /// With the slash at its end; empty for a key without one.
  private static func directory(of key: ObjectKey) -> String {
    let text = key.string
    return text.lastIndex(of: "/").map { String(text[...$0]) } ?? ""
  }
}
