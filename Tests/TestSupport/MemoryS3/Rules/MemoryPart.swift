// SPDX-License-Identifier: Apache-2.0

/// A multipart upload that was neither completed nor aborted.
package struct MemoryUpload: Equatable, Sendable {
  package enum Checksums: String, Equatable, Sendable {
    case none = "NONE"
    case composite = "COMPOSITE"
    case fullObject = "FULL_OBJECT"
  }

  /// Rises with each upload, in its bytes too.
  package let id: String
  package let key: MemoryKey
  package let properties: MemoryProperties
  package let checksums: Checksums
  /// Seconds since 1970.
  package let initiated: Int64
  package var parts: [Int: MemoryPart] = [:]
}

package struct MemoryPart: Equatable, Sendable {
  package let body: [UInt8]
  package let etag: String
  package let crc32: UInt32?
  /// Seconds since 1970.
  package let lastModified: Int64
}

/// A CompleteMultipartUpload that was done, to answer its repetition.
struct MemoryCompletion: Sendable {
  let key: MemoryKey
  let request: [UInt8]
  let answer: MemoryAnswer
}
