// SPDX-License-Identifier: Apache-2.0
//
// The base of a file is not in the bucket any more: whether that is a conflict.
//
// For: publishing, when the store has refused an attempt because of its condition. No state beyond the file's; tasks of the upload.
// Somebody who removed the object left the name to whoever wants it: the file becomes a new one. What an earlier attempt of this
// very generation made, whose answer was lost or whose process died, is as good a base as the one before: a version with as many
// bytes as the file has, and with all that are here, changed or not, since the next attempt may send any of them. S3Client recognises
// most of these by their checksums; but an object with parts that the store has copied has none, and attributes may have changed
// since. So the bytes are compared here, except a handful: two writers may well have the same of those (see WriteEvidence).
// What can go wrong: the store does not answer, or somebody is faster again: then the refusal stands.

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

extension CacheFile {
  /// Looks what the bucket has now. Returns true when another attempt may do better.
  func foundNewBase(after failure: WriteBackFailure) async -> Bool {
    // Of a bucket that is gone nothing can be said.
    guard case .store(let error) = failure, error.isConditionFailure || error.code == "NoSuchKey",
      let lost = state.withLock({ $0.lostBase })
    else { return false }
    do throws(S3Error) {
      let head = try await context.client.headObject(lost.key)
      guard lost.isUnclear, head.etag != lost.base, head.size == lost.size, try await hasAll(lost, head.etag) else {
        return false
      }
      return replace(lost) { ($0.base, $0.baseSize) = (head.etag, head.size) }
    } catch {
      guard error.isNotFound, error.code != "NoSuchBucket", lost.isWhole else { return false }
      return replace(lost) { state in
        state.mustBeAbsent = true
        state.hasNoBase()
      }
    }
  }

  /// Unless the file has another base meanwhile.
  private func replace(_ lost: LostBase, _ change: (inout State) -> Void) -> Bool {
    state.withLock { state in
      guard state.key == lost.key, state.base == lost.base, !state.isDiscarded else { return false }
      change(&state)
      return true
    }
  }

  // MARK: Comparing

  /// Bytes that are compared in one go.
  private static let comparedAtOnce = 4 << 20

  private func hasAll(_ lost: LostBase, _ etag: ETag) async throws(S3Error) -> Bool {
    for range in lost.ours.ranges {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: CacheFile.comparedAtOnce) {
        let piece = start..<min(start + Int64(CacheFile.comparedAtOnce), range.upperBound)
        guard try await isSame(piece, of: etag, lost.key) else { return false }
      }
    }
    return true
  }

  private func isSame(_ range: Range<Int64>, of etag: ETag, _ key: ObjectKey) async throws(S3Error) -> Bool {
    let theirs = try await context.client.getObject(
      key, range: range, ifMatch: etag, into: .collect(limit: range.count)
    ).bytes
    return await ThreadPool.disk.run { [data] in
      let ours = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
        count = max(0, pread(data.rawValue, buffer.baseAddress, buffer.count, off_t(range.lowerBound)))
      }
      return ours == theirs
    }
  }
}

private struct LostBase {
  let key: ObjectKey
  let base: ETag
  let size: Int64
  let isWhole: Bool
  /// An earlier attempt of this generation may have made what is there.
  let isUnclear: Bool
  /// What tells its work from that of others.
  let ours: ByteRanges
}

extension CacheFile.State {
  /// Nil for a file that is not to replace anything.
  fileprivate var lostBase: LostBase? {
    guard !isDiscarded, !mustBeAbsent, let base else { return nil }
    var ours = ByteRanges(0..<size)
    for range in bytes.missing.ranges { ours.remove(range) }
    return LostBase(
      key: key, base: base, size: size, isWhole: bytes.isWhole,
      isUnclear: unclear?.generation == generation && ours.byteCount >= WriteEvidence.leastDistinctive, ours: ours)
  }
}
