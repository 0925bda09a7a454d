// SPDX-License-Identifier: Apache-2.0
//
// Fills an open file with an object of known version and size, with parallel ranged GETs.
//
// For: files of the write-back cache that are about to be changed in place. No state; async. Every range carries If-Match, so
// the file is one version or the download fails; the caller then discards the file. ObjectDownload is for files of users.

package import HTTPTransport
package import S3Client

package struct FileFill: Sendable {
  package let client: S3Client
  /// Bytes of a range.
  package var rangeSize: Int64 = 8 << 20
  /// Ranges under way at once.
  package var concurrency = 8

  package init(client: S3Client) { self.client = client }

  /// Fills the first `size` bytes of `file` with the object.
  package func download(
    _ key: ObjectKey, etag: ETag, size: Int64, into file: FileDescriptor
  ) async throws(S3Error) {
    guard size > 0 else { return }
    let result: Result<Void, S3Error> = await withTaskGroup(of: S3Error?.self) { group in
      var start: Int64 = 0
      func startNext() {
        let range = start..<min(start + rangeSize, size)
        start = range.upperBound
        group.addTask { await fetch(range, of: key, etag: etag, into: file) }
      }
      for _ in 0..<concurrency where start < size { startNext() }
      while let failure = await group.next() {
        if let failure {
          group.cancelAll()
          return .failure(failure)
        }
        if start < size { startNext() }
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
