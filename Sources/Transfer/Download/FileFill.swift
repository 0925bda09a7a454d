// SPDX-License-Identifier: Apache-2.0
//
// Brings ranges of an object of known version into an open file, to the same places, with parallel ranged GETs.
//
// For: files of the write-back cache, which need bytes of an object that is changed in place. No state; async. Every range carries
// If-Match, so the bytes are of one version or the download fails, and the caller then takes none of the places as filled.
// ObjectDownload is for files of users.

package import HTTPTransport
package import S3Client

package struct FileFill: Sendable {
  package let client: S3Client
  /// Bytes of a range.
  package var rangeSize: Int64 = 8 << 20
  /// Ranges under way at once.
  package var concurrency = 8

  package init(client: S3Client) { self.client = client }

  package func download(
    _ key: ObjectKey, etag: ETag, _ ranges: ByteRanges, into file: FileDescriptor
  ) async throws(S3Error) {
    let result: Result<Void, S3Error> = await withTaskGroup(of: S3Error?.self) { group in
      var rest = ranges
      func startNext() {
        guard let first = rest.ranges.first else { return }
        let range = first.lowerBound..<min(first.lowerBound + rangeSize, first.upperBound)
        rest.remove(range)
        group.addTask { await fetch(range, of: key, etag: etag, into: file) }
      }
      for _ in 0..<concurrency { startNext() }
      while let failure = await group.next() {
        if let failure {
          group.cancelAll()
          return .failure(failure)
        }
        startNext()
      }
      return .success(())
    }
    try result.get()
  }

  private func fetch(_ range: Range<Int64>, of key: ObjectKey, etag: ETag, into file: FileDescriptor) async -> S3Error?
  {
    let region = FileRegion(file: file, offset: range.lowerBound, length: Int64(range.count))
    do throws(S3Error) {
      let body = try await client.getObject(key, range: range, ifMatch: etag, into: .file(region))
      guard body.length == region.length else {
        return S3Error(
          code: "InvalidResponse", message: "\(body.length) bytes came for a range of \(region.length)",
          operation: "GetObject", bucket: client.bucket, key: key)
      }
      return nil
    } catch {
      return error
    }
  }
}
