// SPDX-License-Identifier: Apache-2.0
//
// Copies and moves inside the store; no byte of the object comes here.
//
// For: users of Storage. A copy is of one version: the source is looked at first, and every request is guarded by the entity tag
// that was seen. No state. What can go wrong: a source that is replaced meanwhile (412, "PreconditionFailed"); in a move, one that is
// replaced between the copy and the removal: then nothing is removed, and the error says what is where.

import FoundationEssentials
import S3Client
import Transfer

extension Storage {
  /// Copies an object of any size, with all that it says about itself.
  ///
  /// - Throws: "NotFound" for no source; "PreconditionFailed" when a condition does not hold;
  ///   "InvalidCopyOperationStorageBucket" when only one of the two names a bucket; "SameSourceAndDestination".
  @discardableResult
  public func copy(
    source: CopySourceItem, destination: CopyDestination, options: CopyOptions = CopyOptions()
  ) async throws(StorageError) -> CopyResult {
    try await CopyRun(source, destination, options, connections).copy()
  }

  /// Copies an object and removes the source, if it is still the one that was copied.
  ///
  /// - Throws: what ``copy(source:destination:options:)`` throws, with nothing changed; "SourceChanged" when the source was
  ///   replaced after it was copied: both are there then.
  @discardableResult
  public func move(
    source: CopySourceItem, destination: CopyDestination, options: CopyOptions = CopyOptions()
  ) async throws(StorageError) -> CopyResult {
    let run = try await CopyRun(source, destination, options, connections)
    let result = try await run.copy()
    try await run.removeSource()
    return result
  }
}

/// One copy, with both ends found.
private final class CopyRun {
  private let from: S3Client
  private let to: S3Client
  private let sourceKey: ObjectKey
  private let key: ObjectKey
  private let source: CopySourceItem
  private let options: CopyOptions
  /// The version that is copied, once it was looked at.
  private var etag: ETag?

  init(
    _ source: CopySourceItem, _ destination: CopyDestination, _ options: CopyOptions, _ connections: BucketConnections
  ) async throws(StorageError) {
    if case .path("") = source.path { throw StorageError(.noSourcePath) }
    if case .path("") = destination.path { throw StorageError(.noDestinationPath) }
    guard (source.bucket == nil) == (destination.bucket == nil) else {
      throw StorageError(.invalidCopyOperationStorageBucket)
    }
    try AccountID.check(source.expectedBucketOwner)
    try AccountID.check(destination.expectedBucketOwner)
    sourceKey = try await source.path.key(in: connections.configuration)
    key = try await destination.path.key(in: connections.configuration)
    from = try await connections.connection(to: source.bucket, owner: source.expectedBucketOwner).client
    to = try await connections.connection(to: destination.bucket, owner: destination.expectedBucketOwner).client
    self.source = source
    self.options = options
    guard from.bucket != to.bucket || sourceKey != key else {
      throw StorageError(.sameSourceAndDestination, path: key.string)
    }
  }

  func copy() async throws(StorageError) -> CopyResult {
    do throws(S3Error) {
      let head = try await from.headObject(sourceKey)
      try check(head)
      if options.preventOverwrite, try await isThere() { throw refusal("there is an object already", key, to) }
      var copy = ObjectCopy(client: to)
      copy.sourceClient = from
      let source = CopySource(
        bucket: from.bucket, key: sourceKey, ifMatch: head.etag.value.isEmpty ? nil : head.etag,
        expectedBucketOwner: source.expectedBucketOwner)
      let written = try await copy.copy(
        source, size: head.size, to: key, properties: nil,
        condition: options.preventOverwrite ? .isAbsent : .always)
      etag = source.ifMatch
      return CopyResult(path: key.string, eTag: written.etag.shown, versionID: written.versionID, size: head.size)
    } catch {
      throw StorageError(error)
    }
  }

  func removeSource() async throws(StorageError) {
    do throws(S3Error) {
      try await from.deleteObject(sourceKey, ifMatch: etag)
    } catch {
      guard error.isConditionFailure else { throw StorageError(error) }
      throw StorageError(
        .sourceChanged, detail: "it was copied to \(key) and not removed, because it is another one now",
        path: sourceKey.string)
    }
  }

  /// Checks what the caller knows of the source. The copy itself is bound to the version that was seen here.
  private func check(_ head: ObjectHead) throws(S3Error) {
    if let wanted = source.eTag, ETag(wanted) != head.etag {
      throw refusal("the source is another version than asked for", sourceKey, from)
    }
    if let time = source.notModifiedSince, Double(head.lastModified) > time.timeIntervalSince1970 {
      throw refusal("the source was modified since", sourceKey, from)
    }
  }

  /// Not every store regards the condition of a copy, so the destination is looked at too.
  private func isThere() async throws(S3Error) -> Bool {
    do throws(S3Error) {
      _ = try await to.headObject(key)
      return true
    } catch {
      // A policy may let us write and not look: then the condition of the copy must do.
      guard error.isNotFound || error.status == 403 else { throw error }
      return false
    }
  }

  private func refusal(_ message: String, _ key: ObjectKey, _ client: S3Client) -> S3Error {
    S3Error(
      code: StorageErrorName.preconditionFailed.rawValue, message: message, operation: "HeadObject",
      bucket: client.bucket, key: key)
  }
}
