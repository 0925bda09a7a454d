// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

extension S3Client {
  /// Deletes an object; succeeds when there is none (S3 API Reference, DeleteObject).
  ///
  /// - Parameter ifMatch: deletes this version or fails.
  /// - Throws: `S3Error`; status 412 when another version is there; with `ifMatch`, 404 or 412 when there is none.
  package func deleteObject(_ key: ObjectKey, ifMatch: ETag? = nil) async throws(S3Error) {
    var request = S3Request(.deleteObject, .delete, key)
    if let ifMatch { request.headers.append("if-match", ifMatch.quoted) }
    do {
      _ = try await send(request)
    } catch {
      // The first attempt did it, and the second found nothing.
      guard error.mayHaveTakenEffect, error.code != "NoSuchBucket" else { throw error }
      if error.isNotFound { return }
      // Some stores (SeaweedFS) say 412 for If-Match of nothing.
      guard error.isConditionFailure, await isMissing(key) else { throw error }
    }
  }

  private func isMissing(_ key: ObjectKey) async -> Bool {
    do {
      _ = try await headObject(key)
      return false
    } catch {
      return error.isNotFound
    }
  }

  /// Deletes objects, 1,000 in a request (S3 API Reference, DeleteObjects).
  ///
  /// - Parameter versions: what may be deleted of some keys; another version stays, with the code "PreconditionFailed". Not every
  ///   store regards it.
  /// - Returns: the keys that the store did not delete, and why. A key that was not there counts as deleted.
  /// - Throws: `S3Error` when a request failed as a whole; those before it have deleted their keys.
  package func deleteObjects(
    _ keys: [ObjectKey], versions: [ObjectKey: ETag] = [:]
  ) async throws(S3Error) -> [DeleteFailure] {
    var failures: [DeleteFailure] = []
    let isListable = { (key: ObjectKey) in XMLWriter.canHold(key.string) }
    let listable = keys.filter(isListable)
    for start in stride(from: 0, to: listable.count, by: S3Client.deletesPerRequest) {
      let chunk = listable[start..<min(start + S3Client.deletesPerRequest, listable.count)]
      failures += try await deleteChunk(chunk, versions)
    }
    // XML 1.0 has no way to write U+0001 and its like.
    for key in keys where !isListable(key) {
      do {
        try await deleteObject(key, ifMatch: versions[key])
      } catch {
        if versions[key] != nil, error.isNotFound, error.code != "NoSuchBucket" { continue }
        guard error.status != 0, error.code != "NoSuchBucket" else { throw error }
        failures.append(DeleteFailure(key: key, code: error.code, message: error.message))
      }
    }
    return failures
  }

  private static let deletesPerRequest = 1_000

  private func deleteChunk(
    _ keys: ArraySlice<ObjectKey>, _ versions: [ObjectKey: ETag]
  ) async throws(S3Error) -> [DeleteFailure] {
    var document = XMLWriter()
    document.open("Delete", namespace: true)
    document.element("Quiet", "true")
    for key in keys {
      document.open("Object")
      document.element("Key", key.string)
      if let version = versions[key] { document.element("ETag", version.quoted) }
      document.close("Object")
    }
    document.close("Delete")

    var request = S3Request(.deleteObjects, .post)
    request.query = [("delete", "")]
    request.headers.append("content-type", "application/xml")
    // S3 wants one of the two; older stores know the first only.
    if let md5 = MD5.base64(of: document.bytes) {
      request.headers.append("content-md5", md5)
    } else if let sha256 = Hexadecimal.decode(SHA256.hex(of: document.bytes)) {
      request.headers.append("x-amz-checksum-sha256", Base64.encode(sha256))
    }
    request.body = .bytes(document.bytes)
    request.destination = .collect(limit: 5 << 20)
    return try await send(request) { (response) throws(AnswerFailure) in try DeleteFailure.list(response.body) }
  }
}
