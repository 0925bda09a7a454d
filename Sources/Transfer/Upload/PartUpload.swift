// SPDX-License-Identifier: Apache-2.0
//
// Sends stretches of a local file to the store, each with the CRC-32 of what was read.
//
// For: the write-back cache and uploads from files. No state: the caller knows which parts it has. Async; the checksum pass
// runs on the disk threads, the body is read by the network thread straight from the file. What can go wrong: a file that
// changes between the checksum and the body is refused by the store (BadDigest), never stored mixed.

private import Glibc
package import HTTPTransport
package import S3Client

package struct PartUpload: Sendable {
  package let client: S3Client

  package init(client: S3Client) { self.client = client }

  /// Puts a whole object in one request.
  ///
  /// - Parameters:
  ///   - retryingSince: when an earlier call with the same arguments began whose answer was lost, see `S3Client.putObject`.
  ///   - announce: hears what the object will be before it can be there.
  package func put(
    _ region: FileRegion, to key: ObjectKey, properties: ObjectProperties, condition: WriteCondition,
    retryingSince: Double? = nil, announce: VersionMark.Announcement? = nil,
    onBodySent: (@Sendable (Int64) -> Void)? = nil
  ) async throws(S3Error) -> WrittenObject {
    let checksum = try await checksum(of: region, operation: "PutObject", key: key)
    try await announce?(VersionMark(size: region.length, crc32: checksum))
    return try await client.putObject(
      key, body: region.length == 0 ? .empty : .file(region), properties: properties, condition: condition,
      crc32: checksum, onBodySent: onBodySent, retryingSince: retryingSince)
  }

  /// Sends one part of a multipart upload.
  ///
  /// - Parameter number: from 1 to 10,000.
  package func send(
    _ region: FileRegion, asPart number: Int, of upload: MultipartUpload.Begun, key: ObjectKey,
    onBodySent: (@Sendable (Int64) -> Void)? = nil
  ) async throws(S3Error) -> SentPart {
    let checksum = try await checksum(of: region, operation: "UploadPart", key: key)
    let part = try await client.uploadPart(
      key, upload: upload.id, number: number, body: .file(region),
      crc32: upload.checksums == .none ? nil : checksum, onBodySent: onBodySent)
    return SentPart(number: number, length: region.length, etag: part.etag, crc32: checksum)
  }

  /// The CRC-32 of a body, counted on a disk thread.
  package static func checksum(of body: RequestBody) async -> Result<UInt32, FileChecksum.Failure> {
    await ThreadPool.disk.run {
      switch body {
      case .empty: return .success(CRC32().value)
      case .file(let region): return FileChecksum.crc32(of: region)
      case .bytes(let bytes):
        var checksum = CRC32()
        bytes.withUnsafeBytes { checksum.update($0) }
        return .success(checksum.value)
      }
    }
  }

  private func checksum(of region: FileRegion, operation: String, key: ObjectKey) async throws(S3Error) -> UInt32 {
    switch await PartUpload.checksum(of: .file(region)) {
    case .success(let checksum): return checksum
    case .failure(let failure):
      throw S3Error(
        code: "LocalFile", message: failure.message, operation: operation, bucket: client.bucket, key: key,
        transport: TransportError(.localFile, failure.message))
    }
  }
}

/// Reads a stretch of a file for its checksum.
package enum FileChecksum {
  package struct Failure: Error {
    package let message: String
  }

  /// The CRC-32 of `region`; fails when the file is shorter or cannot be read.
  static func crc32(of region: FileRegion) -> Result<UInt32, Failure> {
    var checksum = CRC32()
    let capacity = Int(min(region.length, 256 << 10))
    return withUnsafeTemporaryAllocation(byteCount: max(capacity, 1), alignment: 4_096) { buffer in
      var position: Int64 = 0
      while position < region.length {
        let wanted = Int(min(Int64(capacity), region.length - position))
        let count = pread(region.file.rawValue, buffer.baseAddress, wanted, off_t(region.offset + position))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          return .failure(
            Failure(message: count == 0 ? "the local file is shorter than expected" : String(cString: strerror(errno))))
        }
        checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        position += Int64(count)
      }
      return .success(checksum.value)
    }
  }
}
