// SPDX-License-Identifier: Apache-2.0

extension S3Client {
  /// Decides whether a refused write had already been done by an attempt whose answer was lost.
  ///
  /// - Parameters:
  ///   - refusal: what the store said to the repeated write.
  ///   - start: when the first attempt began, by ``stopwatch``.
  ///   - isOurs: compares what is there now; its second argument is the earliest time, by the store's clock, at which the
  ///     write can have been done.
  /// - Returns: the object that is there, if it is ours.
  /// - Throws: `refusal` when that is not proved: a wrong error costs a conflict copy, a wrong success a file. When the
  ///   store does not answer, an error that says so: the write is still open then.
  func resolve(
    _ refusal: S3Error, _ key: ObjectKey, since start: Double, isOurs: (ObjectHead, Int64) -> Bool
  ) async throws(S3Error) -> WrittenObject {
    let found: (head: ObjectHead, serverTime: Int64?)
    do {
      found = try await headWithTime(key)
    } catch {
      throw unresolved(refusal, because: error)
    }
    guard let serverTime = found.serverTime else { throw refusal }
    // Dates are cut to seconds, and the servers of one store differ a little.
    let elapsed = (stopwatch - start).rounded(.up)
    let earliest = serverTime - Int64(min(max(elapsed, 0), 1e9)) - 1
    guard isOurs(found.head, earliest) else { throw refusal }
    return WrittenObject(
      etag: found.head.etag, versionID: found.head.versionID, serverTime: serverTime, found: found.head.properties)
  }

  /// The error of a write that could not be looked into: the refusal if the store answered, else what kept it from it.
  func unresolved(_ refusal: S3Error, because error: S3Error) -> S3Error {
    guard error.status == 0 || error.status >= 500 else { return refusal }
    return S3Error(
      code: error.code, message: error.message, status: error.status, requestID: error.requestID,
      operation: refusal.operation, bucket: refusal.bucket, key: refusal.key, transport: error.transport,
      mayHaveTakenEffect: true)
  }
}
