// SPDX-License-Identifier: Apache-2.0
//
// A few changed bytes of a large object.
//
// For: publishing. A file whose base is in the bucket can be published as parts from here and parts that the store copies from
// the base; or whole, for which everything must be here first. The cheaper way is taken, in bytes to fetch and to send.
// State: that of the file; what is decided is fixed by the seal. While such an upload runs, bytes that it sends cannot change; all
// others can. What can go wrong: somebody replaces the base, and every copy of it fails: a conflict. Or that was our own upload,
// whose answer was lost or whose process died: a version that has as many bytes as the file and all the changed ones is as good a
// base as the one before.

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

extension CacheFile.State {
  /// How to publish the file as it is.
  func way(_ context: CacheContext) -> Seal.Way {
    let ladder = context.ladder
    guard size > ladder.baseSize else { return .whole }
    guard !isExclusive, let base, let baseSize,
      let plan = OverwritePlan(
        baseSize: baseSize, newSize: size, dirty: bytes.dirty, partSize: ladder.baseSize,
        limits: context.overwriteLimits), plan.hasCopies
    else { return .parts }
    let uploads = ByteRanges(plan.parts.filter { !$0.isCopy }.map { $0.range })
    let way = Seal.Way.overwrite(Seal.Overwrite(base: base, plan: plan), uploads: uploads)
    let cost = plan.bytesToSend + missing(for: way).byteCount
    let costOfParts = size - (session?.table.sentBytes(ofSize: size) ?? 0) + bytes.missing.byteCount
    return cost < costOfParts ? way : .parts
  }

  /// What has to be here first.
  func missing(for way: Seal.Way) -> ByteRanges {
    guard case .overwrite(_, let uploads) = way else { return bytes.missing }
    var missing = ByteRanges()
    for range in uploads.ranges { missing.formUnion(bytes.missing.intersection(range)) }
    return missing
  }

  /// Fixes what is published.
  mutating func seal(_ way: Seal.Way) -> Seal {
    let condition: WriteCondition =
      if isExclusive || mustBeAbsent { .isAbsent } else if let base { .matches(base) } else { .always }
    let seal = Seal(
      generation: generation, size: size, key: key, properties: properties, condition: condition, way: way)
    self.seal = seal
    bytes.seal()
    writtenPrefix = 0
    return seal
  }
}

extension Seal.Way {
  /// Whether parts that were sent early are of use.
  var keepsSession: Bool { if case .parts = self { true } else { false } }

  var isOverwrite: Bool { if case .overwrite = self { true } else { false } }
}

extension CacheFile {
  func send(_ overwrite: Seal.Overwrite, _ seal: Seal) async throws(S3Error) -> WrittenObject {
    var job = ObjectOverwrite(client: context.client, capabilities: context.multipart.capabilities)
    job.concurrency = context.configuration.concurrency
    return try await job.overwrite(
      seal.key, base: overwrite.base, plan: overwrite.plan, properties: seal.properties
    ) { [data] (range) throws(S3Error) in
      FileRegion(file: data, offset: range.lowerBound, length: Int64(range.count))
    }
  }

  // MARK: Our own earlier upload

  /// Bytes that are compared in one go.
  private static let comparedAtOnce = 4 << 20

  private struct Attempt {
    let generation: UInt64
    let key: ObjectKey
    let base: ETag
    let size: Int64
    let dirty: ByteRanges
  }

  /// Takes what an earlier attempt of just this may have made as the base. Without that its copies and fetches would be refused.
  func recognizeOwnPublication() async {
    let attempt = state.withLock { [context] state -> Attempt? in
      guard let base = state.base, let unclear = state.unclear, unclear.generation == state.generation,
        !state.bytes.isWhole || state.way(context).isOverwrite
      else { return nil }
      return Attempt(
        generation: state.generation, key: state.key, base: base, size: state.size, dirty: state.bytes.dirty)
    }
    // Without changed bytes nothing tells it from the work of others.
    guard let attempt, !attempt.dirty.isEmpty else { return }
    do throws(S3Error) {
      let head = try await context.client.headObject(attempt.key)
      guard head.etag != attempt.base, head.size == attempt.size, try await hasAllChanges(of: attempt, head.etag) else {
        return
      }
      state.withLock { state in
        guard state.generation == attempt.generation, state.base == attempt.base, state.key == attempt.key else {
          return
        }
        (state.base, state.baseSize) = (head.etag, head.size)
      }
    } catch {
      // The attempt that follows hears it, too.
    }
  }

  private func hasAllChanges(of attempt: Attempt, _ etag: ETag) async throws(S3Error) -> Bool {
    for range in attempt.dirty.ranges {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: CacheFile.comparedAtOnce) {
        let piece = start..<min(start + Int64(CacheFile.comparedAtOnce), range.upperBound)
        guard try await isSame(piece, of: etag, attempt.key) else { return false }
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
