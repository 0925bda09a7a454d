// SPDX-License-Identifier: Apache-2.0

/// What names of buckets, regions and accounts look like. Each of them ends up in host names and paths.
package enum BucketName {
  /// Whether some store may have a bucket of that name: S3's rules before 2018, without the least length of three.
  ///
  /// A name outside of AWS may have capitals, underscores and 255 bytes (S3 User Guide, "Bucket naming rules", legacy).
  package static func isAcceptable(_ name: String) -> Bool {
    (1...255).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == dot || $0 == dash || $0 == underscore }
  }

  /// Whether the name can be one label of a host name that a wildcard certificate covers: AWS' rules, and no dot.
  package static func isPlainLabel(_ name: String) -> Bool { (3...63).contains(name.utf8.count) && isLabel(name) }

  /// Whether the name can stand before a host name, dots allowed.
  static func isHostName(_ name: String) -> Bool {
    (3...63).contains(name.utf8.count)
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
  }

  static func isRegion(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == dash || $0 == underscore }
  }

  package static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  private static func isLabel(_ label: some StringProtocol) -> Bool {
    let bytes = Array(label.utf8)
    return (1...63).contains(bytes.count) && bytes.first != dash && bytes.last != dash
      && bytes.allSatisfy { isAlphanumeric($0) && !isCapital($0) || $0 == dash }
  }

  private static let dot = UInt8(ascii: ".")
  private static let dash = UInt8(ascii: "-")
  private static let underscore = UInt8(ascii: "_")

  private static func isCapital(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      true
    default: false
    }
  }
}
