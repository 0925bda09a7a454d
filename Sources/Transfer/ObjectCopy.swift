// SPDX-License-Identifier: Apache-2.0
//
// Copies an object inside the store, whatever its size.
//
// For: rename, changed attributes. One CopyObject up to 5 GiB (its limit), above that a multipart upload whose parts the
// store copies itself, in parallel. No state; async. Each request is guarded by the ETag of the source, so that the copy is
// of one version. What can go wrong: a failed multipart copy is aborted before the error is thrown.

package import S3Client

package struct ObjectCopy: Sendable {
  /// Of the bucket that gets the copy; the store reads the source itself.
  package let client: S3Client
  /// Of the bucket that has the source, when that is another one.
  package var sourceClient: S3Client?
  /// Copied parts under way at once.
  package var concurrency = 8
  /// Objects above this are copied in parts (S3 API Reference, CopyObject: "up to 5 GB in size in a single atomic action").
  package var singleLimit: Int64 = 5 << 30
  /// Bytes of a copied part; the store moves them itself, so they are large.
  package var partSize: Int64 = 512 << 20

  package init(client: S3Client) { self.client = client }

  /// Copies `source`, of `size` bytes, to `key`.
  ///
  /// - Parameter properties: what the copy shall say about itself, all of it; nil for what the source says.
  package func copy(
    _ source: CopySource, size: Int64, to key: ObjectKey, properties: ObjectProperties?,
    condition: WriteCondition = .always
  ) async throws(S3Error) -> WrittenObject {
    if size <= singleLimit {
      let copied = try await client.copyObject(source, to: key, properties: properties, condition: condition)
      return WrittenObject(etag: copied.etag, versionID: copied.versionID, serverTime: copied.lastModified)
    }
    // A multipart upload takes nothing over from the source by itself.
    let said: ObjectProperties
    if let properties {
      said = properties
    } else {
      said = try await (sourceClient ?? client).headObject(source.key).properties
    }
    let upload = try await client.createMultipartUpload(key, properties: said, checksums: .none)
    do throws(S3Error) {
      let parts = try await copyParts(source, size: size, to: key, upload: upload)
      return try await client.completeMultipartUpload(key, upload: upload, parts: parts, condition: condition)
    } catch {
      await MultipartUpload.abort(upload, key: key, client)
      throw error
    }
  }

  private func copyParts(
    _ source: CopySource, size: Int64, to key: ObjectKey, upload: UploadID
  ) async throws(S3Error) -> [CompletedPart] {
    let partSize = max(self.partSize, (size + 9_999) / 10_000)
    let count = Int((size + partSize - 1) / partSize)
    let result: Result<[CompletedPart], S3Error> = await withTaskGroup(of: Result<CompletedPart, S3Error>.self) {
      group in
      var next = 1
      func startNext() {
        let number = next
        let start = Int64(number - 1) * partSize
        let range = start..<min(start + partSize, size)
        next += 1
        group.addTask {
          do throws(S3Error) {
            return .success(
              try await client.uploadPartCopy(key, upload: upload, number: number, source: source, range: range))
          } catch {
            return .failure(error)
          }
        }
      }
      while next <= min(count, concurrency) { startNext() }
      var parts: [CompletedPart] = []
      while let finished = await group.next() {
        switch finished {
        case .success(let part): parts.append(part)
        case .failure(let error):
          group.cancelAll()
          return .failure(error)
        }
        if next <= count { startNext() }
      }
      return .success(parts.sorted { $0.number < $1.number })
    }
    return try result.get()
  }
}
