// SPDX-License-Identifier: Apache-2.0

/// What a command is about: an object or prefix in a bucket, a local path, or standard input or output.
enum ObjectLocation: Equatable, Sendable {
  /// `s3://BUCKET/KEY`; the key may be empty, and is taken as it is.
  case remote(bucket: String, key: String)
  case local(String)
  /// `-`
  case standardStream

  init(_ text: String) throws {
    if text == "-" {
      self = .standardStream
      return
    }
    guard text.hasPrefix("s3://") else {
      guard !text.isEmpty else { throw CommandFailure.usage("an empty path; name a file or s3://BUCKET/KEY") }
      self = .local(text)
      return
    }
    let rest = text.dropFirst(5)
    let bucket = rest.prefix { $0 != "/" }
    guard !bucket.isEmpty else { throw CommandFailure.usage("\(text) names no bucket; write s3://BUCKET/KEY") }
    self = .remote(bucket: String(bucket), key: String(rest.dropFirst(bucket.count + 1)))
  }

  /// A bucket and a key, for a command that knows nothing else.
  static func remote(_ text: String) throws -> (bucket: String, key: String) {
    guard case .remote(let bucket, let key) = try ObjectLocation(text) else {
      throw CommandFailure.usage("\(text) is no object; write s3://BUCKET/KEY")
    }
    return (bucket, key)
  }

  /// The same with a key that is not empty.
  static func object(_ text: String) throws -> (bucket: String, key: String) {
    let (bucket, key) = try remote(text)
    guard !key.isEmpty else { throw CommandFailure.usage("\(text) names no object; write s3://\(bucket)/KEY") }
    return (bucket, key)
  }
}

extension ObjectLocation: CustomStringConvertible {
  var description: String {
    switch self {
    case .remote(let bucket, let key): "s3://\(bucket)/\(key)"
    case .local(let path): path
    case .standardStream: "-"
    }
  }
}
