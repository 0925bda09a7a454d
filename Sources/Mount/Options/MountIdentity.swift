// SPDX-License-Identifier: Apache-2.0

/// What makes two mounts the same to a cache: the store, the bucket, the prefix and whose data it is; not where they are mounted.
package struct MountIdentity: Equatable, Sendable {
  /// One line: "https://s3.example:9000 photos a/b/", or "aws photos " for AWS, whose bucket names are unique everywhere.
  package let text: String
  /// A readable name for directories, "photos-1f2e3d4c5b6a7988".
  package let directoryName: String

  /// - Parameters:
  ///   - endpoint: the address of the store; nil for AWS.
  ///   - owner: the Cognito identity whose mount it is; nil for one with credentials of AWS.
  package init(endpoint: String?, source: MountSource, owner: String? = nil) {
    text =
      "\(owner.map { "\($0)@" } ?? "")\(endpoint.map(EndpointOption.normalized) ?? "aws") \(source.bucket) \(source.prefix)"
    directoryName = "\(source.bucket.prefix(64))-\(StableHash.hexadecimal(text))"
  }
}

/// FNV-1a, 64 bits: the same in every process and version, unlike `Hasher`. Not for adversaries; where a collision would
/// hurt, the full text is compared too.
enum StableHash {
  static func hexadecimal(_ text: String) -> String {
    let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
