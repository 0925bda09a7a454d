// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

/// Reading, and bringing bytes here that are in the bucket only.
extension CacheFile {
  /// Bytes that are fetched in one go; between two of them a writer gets its turn.
  fileprivate static let largestFetch: Int64 = 64 << 20

  /// Reads into `buffer`; fewer bytes only at the end of the file. Blocks while missing bytes are fetched.
  package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(WriteBackFailure) -> Int {
    let range = try beginReading(offset..<(offset + Int64(buffer.count)))
    defer { state.withLock { $0.readers -= 1 } }
    var done = 0
    while done < range.count {
      let count = pread(data.rawValue, buffer.baseAddress! + done, range.count - done, off_t(offset) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw .local(code: errno, operation: "read")
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Fetches what is missing. From then on until the reader is counted no more the bytes stay here.
  ///
  /// - Returns: what of `range` the file has.
  private func beginReading(_ range: Range<Int64>) throws(WriteBackFailure) -> Range<Int64> {
    let now = MonotonicClock.now
    while true {
      let (found, missing) = state.withLock { state -> (Range<Int64>, Range<Int64>?) in
        state.lastUse = now
        let found = range.lowerBound..<max(range.lowerBound, min(state.size, range.upperBound))
        guard !state.bytes.missing.intersects(found) else {
          return (found, state.readAhead.range(for: found, size: state.size))
        }
        state.readers += 1
        return (found, nil)
      }
      guard let missing else { return found }
      // May wait for room, which others may free with the bytes of this file.
      try fetch(missing)
    }
  }

  /// Brings all of the object here that is not. Blocks.
  package func hydrate() throws(WriteBackFailure) { try fetch(0..<Int64.max) }

  /// Brings the bytes of `range` here that are not. Several callers wait for one download; a change of a stretch that is being
  /// fetched waits, too. Blocks.
  ///
  /// - Parameter isToPublish: the limits of the cache do not count, since an upload frees room.
  func fetch(_ range: Range<Int64>, isToPublish: Bool = false) throws(WriteBackFailure) {
    let missing = isToPublish ? 0 : state.withLock { $0.bytes.missing.intersection(range).byteCount }
    if missing > 0 { try context.quota.admit(missing) }
    while case .fetch(let fetch) = try waitInterruptibly(until: { $0.nextFetch(range) }) {
      guard let version = fetch.version else { throw .store(.baseIsGone(context.client.bucket, key)) }
      let (file, fill, places) = (data, FileFill(client: context.client), fetch.places)
      do throws(S3Error) {
        try BlockingBridge.runCancelling { () async throws(S3Error) in
          try await fill.download(version.key, etag: version.etag, places, into: file)
        }
        let now = MonotonicClock.now
        state.withLockAndNotify { state in
          state.bytes.endInstalling(places)
          state.lastUse = now
        }
      } catch {
        state.withLockAndNotify { $0.bytes.endInstalling(places, isThere: false) }
        guard error.isConditionFailure || error.isNotFound, try hasMoved(from: version, isToPublish: isToPublish) else {
          throw .store(error)
        }
      }
    }
  }

  /// Whether the missing bytes are elsewhere by now: a rename, a change of attributes or an upload gave them a new name or version.
  /// An upload under way may have done that without having heard of it.
  private func hasMoved(from version: State.Version, isToPublish: Bool) throws(WriteBackFailure) -> Bool {
    try waitForUploadInterruptibly { state in
      let isAnother = state.version != version
      if !isAnother, !isToPublish, state.publishing != nil { return nil }
      return isAnother && state.version != nil
    }
  }
}

extension CacheFile.State {
  /// Where missing bytes are.
  struct Version: Equatable {
    let key: ObjectKey
    let etag: ETag
  }

  fileprivate struct Fetch {
    let places: ByteRanges
    let version: Version?
  }

  fileprivate enum NextFetch {
    case nothing
    case fetch(Fetch)
  }

  fileprivate var version: Version? { base.map { Version(key: key, etag: $0) } }

  /// What of `range` to fetch next; nil while others are at it.
  fileprivate mutating func nextFetch(_ range: Range<Int64>) -> NextFetch? {
    guard let first = bytes.missing.intersection(range).ranges.first else { return .nothing }
    guard let version else { return .fetch(Fetch(places: [], version: nil)) }
    let end = min(range.upperBound, first.lowerBound + CacheFile.largestFetch)
    let places = bytes.beginInstalling(first.lowerBound..<end)
    return places.isEmpty ? nil : .fetch(Fetch(places: places, version: version))
  }
}

extension S3Error {
  fileprivate static func baseIsGone(_ bucket: String, _ key: ObjectKey) -> S3Error {
    S3Error(
      code: "NoSuchKey", message: "the version that has the rest of this file is not in the bucket any more",
      status: 404, operation: "GetObject", bucket: bucket, key: key)
  }
}
