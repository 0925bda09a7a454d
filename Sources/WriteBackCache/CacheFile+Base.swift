// SPDX-License-Identifier: Apache-2.0
//
// The base of a file is not in the bucket any more: whether that is a conflict.
//
// For: publishing, when the store has refused an attempt because of its condition. No state beyond the file's; tasks of the upload.
// A file that replaces whatever is there does so, with the condition that it is still there (see CacheFile+Sealing).
// Somebody who removed the object left the name to whoever wants it: the file becomes a new one. What an earlier attempt made, whose
// answer was lost or whose process died, is as good a base as the one before. It is known by the mark that was taken down before the
// attempt (see Attempts); or, while the file is as it was, by its bytes: a version with as many bytes as the file has, and with all
// that are here, changed or not, since the next attempt may send any of them. S3Client recognises most of these by their checksums;
// but an object with parts that the store has copied has none, and attributes may have changed since.
// A handful of bytes two writers may well share (see WriteEvidence), and one of them must hear that he was late; unless it is a
// program's that did not outlive the daemon.
// What can go wrong: the store does not answer, or somebody is faster again: then the refusal stands.

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

extension CacheFile {
  /// Looks what the bucket has now. Returns true when another attempt may do better.
  ///
  /// - Parameter isLast: no other look is to follow.
  func foundNewBase(after failure: WriteBackFailure, isLast: Bool) async -> Bool {
    // Of a bucket that is gone nothing can be said.
    guard failure.isRefusal, let lost = state.withLock({ $0.lostBase }) else { return false }
    if lost.replacesAny, isLast { return replace(lost) { $0.found = .unknown } }
    do throws(S3Error) {
      let head = try await context.client.headObject(lost.key)
      if lost.replacesAny { return replace(lost) { $0.found = .version(head.etag) } }
      guard head.etag != lost.base, try await isOurs(head, lost) else { return false }
      return replace(lost) { state in
        (state.base, state.baseSize) = (head.etag, head.size)
        (state.isExclusive, state.mustBeAbsent) = (false, false)
        state.attempts = Attempts()
      }
    } catch {
      if lost.replacesAny, error.isNotFound || error.status == 403 {
        return replace(lost) { $0.found = error.isNotFound ? .nothing : .unknown }
      }
      // Of a version that no object has there is nothing to see. Who may not list the bucket is told 403 of a missing object.
      let isHidden =
        error.status == 403 && (lost.base == Leftovers.forgottenBase || failure.isMissingObject)
      let isGone = error.isNotFound && error.code != "NoSuchBucket" || isHidden
      guard isGone, lost.isWhole, lost.isReplacing else { return false }
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
  private static let comparedAtOnce = 8 << 20

  private func isOurs(_ head: ObjectHead, _ lost: LostBase) async throws(S3Error) -> Bool {
    for attempt in lost.attempts where attempt.properties?.areKept(in: head.properties) ?? true {
      guard let mark = attempt.mark else { continue }
      switch mark.verdict(head) {
      case .ours: return true
      case .others: continue
      case .unknown: if try await isMade(head, by: mark, lost.key) { return true }
      }
    }
    guard lost.isToldByBytes, head.size == lost.size else { return false }
    return try await hasAll(lost, head.etag)
  }

  /// For a store that tells nothing of an object that could be compared.
  private func isMade(_ head: ObjectHead, by mark: VersionMark, _ key: ObjectKey) async throws(S3Error) -> Bool {
    guard let crc32 = mark.crc32, mark.size <= CacheFile.comparedAtOnce else { return false }
    guard mark.size > 0 else { return true }
    let bytes = try await context.client.getObject(
      key, range: 0..<mark.size, ifMatch: head.etag, into: .collect(limit: Int(mark.size))
    ).bytes
    guard case .success(crc32) = await PartUpload.checksum(of: .bytes(bytes)) else { return false }
    return true
  }

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
  /// Nil for a file that was to be the first of its name, or to replace any.
  let base: ETag?
  let size: Int64
  let isWhole: Bool
  /// Whether the file replaces whatever is there.
  let replacesAny: Bool
  /// Whether the file was to replace something: that may be gone.
  let isReplacing: Bool
  /// Earlier ones, which may have made what is there.
  let attempts: [Attempts.Attempt]
  /// An earlier attempt may have made just this file.
  let isToldByBytes: Bool
  /// What tells its work from that of others.
  let ours: ByteRanges
}

extension CacheFile.State {
  /// Whether what appeared under the name in the meantime is overwritten (SEMANTICS, "Two writers").
  var replacesAny: Bool { base == nil && !isExclusive && !mustBeAbsent }

  /// Nil for a file that was removed.
  fileprivate var lostBase: LostBase? {
    guard !isDiscarded else { return nil }
    var ours = ByteRanges(0..<size)
    for range in bytes.missing.ranges { ours.remove(range) }
    return LostBase(
      key: key, base: base, size: size, isWhole: bytes.isWhole, replacesAny: replacesAny,
      isReplacing: base != nil && !mustBeAbsent,
      attempts: attempts.telling,
      isToldByBytes: attempts.tellByBytes(
        generation, count: ours.byteCount, isAll: bytes.isWhole, isFirst: base == nil),
      ours: ours)
  }
}
