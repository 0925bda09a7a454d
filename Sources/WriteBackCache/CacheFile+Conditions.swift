// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client
import Transfer

/// The one request of a publication that makes the object, on the seal's condition as far as the store keeps any; see
/// ConditionalWrites.
extension CacheFile {
  /// - Parameter write: makes the object; called again when it was refused.
  func write(
    _ seal: Seal, _ write: (WriteCondition) async throws(S3Error) -> WrittenObject
  ) async throws(S3Error) -> WrittenObject {
    guard seal.condition != .always else { return try await write(.always) }
    switch context.conditions.support {
    case .kept: return try await write(seal.condition)
    case .unknown:
      // What an earlier attempt made is recognised by what the store refuses.
      let isRetry = seal.condition == .isAbsent && retryingSince(seal) != nil
      if !seal.replacesAny, !isRetry { try await look(seal.key, seal.condition) }
      return try await ask(seal, write)
    case .lacking:
      if !seal.replacesAny { try await look(seal.key, seal.condition) }
      return try await write(.always)
    }
  }

  private func ask(
    _ seal: Seal, _ write: (WriteCondition) async throws(S3Error) -> WrittenObject
  ) async throws(S3Error) -> WrittenObject {
    let asks = seal.mayAsk
    do throws(S3Error) {
      let written = try await write(asks ? .matches(ConditionalWrites.impossible) : seal.condition)
      if written.found != nil {
        // Refused, since an earlier attempt had made it.
        if case .matches = seal.condition { await note(.kept) }
      } else if asks {
        await note(.lacking)
      }
      return written
    } catch {
      if CacheFile.mayMeanConditions(error) {
        let written = try await write(.always)
        await note(.lacking)
        return written
      }
      // A copy of a part has a condition of its own, which all stores keep.
      guard error.isConditionFailure || error.code == "NoSuchKey",
        error.operation != S3Operation.uploadPartCopy.rawValue
      else { throw error }
      // A store may know If-None-Match alone.
      if case .matches = seal.condition { await note(.kept) }
      guard asks else { throw error }
      return try await write(seal.condition)
    }
  }

  /// What stores say to headers that they do not know.
  private static func mayMeanConditions(_ error: S3Error) -> Bool {
    error.status == 501
      || error.status == 400 && ["InvalidArgument", "InvalidRequest", "NotImplemented"].contains(error.code)
  }

  private func note(_ support: ConditionalWrites.Support) async {
    await ThreadPool.disk.run { [context] in context.conditions.note(support) }
  }

  /// Throws what a store that keeps conditions would say.
  func look(_ key: ObjectKey, _ condition: WriteCondition) async throws(S3Error) {
    let present: ETag?
    do throws(S3Error) {
      present = try await context.client.headObject(key).etag
    } catch {
      // A policy may let us write and not look.
      if error.status == 403 { return }
      guard error.isNotFound else { throw error }
      present = nil
    }
    switch condition {
    case .matches(let base) where present == nil:
      throw refusal(key, 404, "NoSuchKey", "the version \(base.value) is not there any more")
    case .matches(let base) where present != base:
      throw refusal(key, 412, "PreconditionFailed", "somebody else has changed the object")
    case .isAbsent where present != nil:
      throw refusal(key, 412, "PreconditionFailed", "somebody else has made the object")
    default: return
    }
  }

  private func refusal(_ key: ObjectKey, _ status: Int, _ code: String, _ message: String) -> S3Error {
    S3Error(
      code: code, message: message, status: status, operation: S3Operation.headObject.rawValue,
      bucket: context.client.bucket, key: key)
  }
}

extension Seal {
  /// Whether a refusal would tell something and cost little. That nothing is under the name was seen just now; and with copies of
  /// parts, which have a condition of their own, all of them would be made twice.
  fileprivate var mayAsk: Bool {
    guard case .matches = condition else { return false }
    return if case .overwrite = way { false } else { true }
  }
}
