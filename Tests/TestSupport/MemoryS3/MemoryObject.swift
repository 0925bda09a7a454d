// SPDX-License-Identifier: Apache-2.0

/// An object of ``MemoryBucket``. The bytes are shared by all copies of the value.
package struct MemoryObject: Equatable, Sendable {
  package var body: [UInt8]
  package var properties: MemoryProperties
  /// Without quotes; of this version only.
  package var etag: String
  /// Seconds since 1970.
  package var lastModified: Int64
  package var checksum: MemoryChecksum?
}

/// A CRC-32 that the store keeps (S3 User Guide, "Checking object integrity").
package enum MemoryChecksum: Equatable, Sendable {
  case fullObject(UInt32)
  /// The CRC-32 of the CRC-32s of the parts, and their number.
  case composite(UInt32, parts: Int)

  var text: String {
    switch self {
    case .fullObject(let value): MemoryCRC32.encode(value)
    case .composite(let value, let parts): "\(MemoryCRC32.encode(value))-\(parts)"
    }
  }

  var type: String {
    switch self {
    case .fullObject: "FULL_OBJECT"
    case .composite: "COMPOSITE"
    }
  }
}

/// What is stored with an object for its users.
package struct MemoryProperties: Equatable, Sendable {
  /// Lowercase names and values of `content-type` and its like, in the order of ``names``.
  package var headers: [String: String] = [:]
  /// Lowercase names without `x-amz-meta-`.
  package var metadata: [String: String] = [:]

  package init(headers: [String: String] = [:], metadata: [String: String] = [:]) {
    self.headers = headers
    self.metadata = metadata
  }

  /// The system metadata that a user sets (S3 User Guide, "Working with object metadata").
  static let names = [
    "content-type", "content-disposition", "content-encoding", "content-language", "cache-control", "expires",
  ]

  /// Bytes of user metadata: S3 takes 2 KB.
  var metadataSize: Int { metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count } }

  static let metadataLimit = 2_048
}
