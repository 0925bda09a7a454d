// SPDX-License-Identifier: Apache-2.0

/// What is mounted: a bucket, or the part of it below a prefix.
package struct MountSource: Equatable, Sendable {
  package let bucket: String
  /// Empty, or ends with `/` and begins with none: "a/b/".
  package let prefix: String

  /// Reads `BUCKET` or `s3://BUCKET[/PREFIX]`. Throws a usage failure on anything else.
  package init(_ text: String) throws(MountFailure) {
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw .usage("the source has a control character")
    }
    var rest = Substring(text)
    if text.hasPrefix("s3://") {
      rest = text.dropFirst(5)
    } else if text.contains("://") {
      throw .usage(
        "source \(text) is not a bucket: write BUCKET or s3://BUCKET/PREFIX, and the address as --endpoint URL")
    }
    let slash = rest.firstIndex(of: "/")
    if slash != nil, !text.hasPrefix("s3://") {
      throw .usage("source \(text) is not a bucket name: write s3://BUCKET/PREFIX to mount a part of a bucket")
    }
    bucket = String(slash.map { rest[..<$0] } ?? rest)
    guard MountSource.isBucketName(bucket.utf8) else {
      throw .usage("\"\(bucket)\" is no bucket name: 3 to 255 letters, digits, dots, hyphens or underscores")
    }
    prefix = try MountSource.normalized(prefix: String(slash.map { rest[$0...] } ?? ""))
  }

  /// - Parameters:
  ///   - bucket: as an Amplify project names it to the store. Throws when no bucket can have that name.
  ///   - prefix: empty, or ending in `/`.
  init(bucket: String, prefix: String) throws(MountFailure) {
    guard MountSource.isBucketName(bucket.utf8) else { throw .init("\"\(bucket)\" in the project is no bucket name") }
    self.bucket = bucket
    self.prefix = prefix
  }

  /// The same bucket with another prefix. Throws when this source names a different one already.
  package init(_ source: MountSource, prefix: String) throws(MountFailure) {
    let prefix = try MountSource.normalized(prefix: prefix)
    guard source.prefix.isEmpty || source.prefix == prefix else {
      throw .usage("two prefixes: \(source.prefix) in the source and \(prefix) as option; give one")
    }
    bucket = source.bucket
    self.prefix = prefix
  }

  /// "s3://bucket/prefix": what mount tables and `pail status` show.
  package var description: String { "s3://\(bucket)" + (prefix.isEmpty ? "" : "/" + prefix.dropLast()) }

  /// Without leading slash and with a trailing one; empty stays empty. Components must be names a file system can show.
  static func normalized(prefix: String) throws(MountFailure) -> String {
    var rest = Substring(prefix)
    if rest.first == "/" { rest = rest.dropFirst() }
    if rest.last == "/" { rest = rest.dropLast() }
    if rest.isEmpty { return "" }
    for component in rest.split(separator: "/", omittingEmptySubsequences: false) {
      guard !component.isEmpty, component != ".", component != ".." else {
        throw .usage("prefix \(prefix) has a component that cannot be a directory: remove //, . and ..")
      }
    }
    guard rest.utf8.count < 1_000 else { throw .usage("the prefix is longer than a key may be (1,024 bytes)") }
    return rest + "/"
  }

  /// S3's own rule is narrower today; names of before 2018 and of other stores have capitals and underscores.
  private static func isBucketName(_ bytes: String.UTF8View) -> Bool {
    guard (3...255).contains(bytes.count), let first = bytes.first, isLetterOrDigit(first) else { return false }
    return bytes.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
