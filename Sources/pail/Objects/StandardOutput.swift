// SPDX-License-Identifier: Apache-2.0

import Glibc
import Storage

/// Writes an object to standard output, range by range, the next one on its way while one is written.
struct StandardOutput: Sendable {
  let storage: Storage
  let options: DownloadOptions

  /// - Returns: bytes.
  func write(_ key: String, _ onProgress: @Sendable (TransferProgress) -> Void) async throws -> Int64 {
    let properties = try await storage.getProperties(
      path: .path(key),
      options: StorageOptions(
        bucket: options.bucket, useAccelerateEndpoint: options.useAccelerateEndpoint,
        expectedBucketOwner: options.expectedBucketOwner))
    let size = properties.size
    var position: Int64 = 0
    var coming = fetch(key, from: 0, of: size)
    while let task = coming {
      let piece = try await task.result
      guard piece.eTag == properties.eTag else {
        throw CommandFailure("the object was replaced while it was read; read it again")
      }
      position += piece.size
      coming = fetch(key, from: position, of: size)
      try StandardOutput.write(piece.bytes ?? [])
      onProgress(TransferProgress(transferredBytes: position, totalBytes: size))
    }
    return size
  }

  private func fetch(_ key: String, from position: Int64, of size: Int64) -> DownloadTask? {
    guard position < size else { return nil }
    var options = options
    options.bytesRange = position...min(position + 4 * options.partSize, size) - 1
    return storage.downloadData(path: .path(key), to: .memory(limit: Int(4 * options.partSize)), options: options)
  }

  private static func write(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw CommandFailure("standard output: \(String(cString: strerror(errno)))") }
      rest = rest.dropFirst(count)
    }
  }
}
