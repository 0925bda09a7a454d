// SPDX-License-Identifier: Apache-2.0
//
// A few changed bytes of a large object.
//
// For: publishing. A file whose base is in the bucket can be published as parts from here and parts that the store copies from
// the base; or whole, for which everything must be here first. The cheaper way is taken, in bytes to fetch and to send.
// State: that of the file; what is decided is fixed by the seal. While such an upload runs, bytes that it sends cannot change; all
// others can. What can go wrong: somebody replaces the base, and every copy of it fails: a conflict (see CacheFile+Base). The store
// refuses to copy parts: the file is published without that, from then on.

import HTTPTransport
import Locking
import Logging
import S3Client
import Transfer

extension CacheFile.State {
  /// How to publish the file as it is.
  func way(_ context: CacheContext) -> Seal.Way {
    let ladder = context.ladder
    guard size > ladder.baseSize else { return .whole }
    guard !isExclusive, !mustBeAbsent, !isCopyRefused, let base, let baseSize,
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
}

extension Seal.Way {
  /// Whether parts that were sent early are of use.
  var keepsSession: Bool { if case .parts = self { true } else { false } }
}

extension CacheFile {
  /// A store that does not copy parts, or a policy that does not let us, gets all bytes from here.
  ///
  /// - Returns: true when another attempt may do better.
  func doesWithoutCopies(after failure: WriteBackFailure) -> Bool {
    guard case .store(let error) = failure, error.operation == S3Operation.uploadPartCopy.rawValue,
      error.status == 403 || error.status == 405 || error.status == 501 || error.code == "InvalidRequest"
    else { return false }
    context.logger.info(
      "the store does not copy parts; sending the whole file", metadata: ["key": "\(key)", "error": "\(error)"])
    state.withLock { $0.isCopyRefused = true }
    return true
  }

  func send(_ overwrite: Seal.Overwrite, _ seal: Seal) async throws(S3Error) -> WrittenObject {
    var job = ObjectOverwrite(client: context.client, capabilities: context.multipart.capabilities)
    job.concurrency = context.configuration.concurrency
    return try await write(seal) { (condition) throws(S3Error) in
      try await job.overwrite(
        seal.key, base: overwrite.base, plan: overwrite.plan, properties: seal.properties, condition: condition,
        announce: announcement(seal, seal.properties)
      ) { [data] (range) throws(S3Error) in
        FileRegion(file: data, offset: range.lowerBound, length: Int64(range.count))
      }
    }
  }
}
