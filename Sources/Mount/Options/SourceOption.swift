// SPDX-License-Identifier: Apache-2.0

/// What a mount was told to mount.
package enum SourceOption: Equatable, Sendable {
  /// `BUCKET` or `s3://BUCKET[/PREFIX]`.
  case bucket(MountSource)
  /// With the option `amplify`: a bucket by the name that the project gives it, or all of them when there is none. The prefix is as
  /// that of a ``MountSource``.
  case project(name: String?, prefix: String)

  /// What fstab lines have in the place of a source that there is none of.
  static let none = "none"

  /// - Parameters:
  ///   - text: nil when none was given.
  ///   - isOfProject: whether the option `amplify` is there.
  package init(_ text: String?, isOfProject: Bool) throws(MountFailure) {
    guard isOfProject else {
      guard let text else {
        throw .usage("no source: name a bucket before the mount point, or a project with --amplify FILE")
      }
      self = .bucket(try MountSource(text))
      return
    }
    guard let text, text != SourceOption.none else {
      self = .project(name: nil, prefix: "")
      return
    }
    guard !text.contains("://") else {
      throw .usage("source \(text) is an address: with --amplify name a bucket as the project does, or leave it out")
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw .usage("the source has a control character")
    }
    let slash = text.firstIndex(of: "/") ?? text.endIndex
    guard slash != text.startIndex else { throw .usage("source \(text) names no bucket before the slash") }
    self = .project(name: String(text[..<slash]), prefix: try MountSource.normalized(prefix: String(text[slash...])))
  }

  /// The same with a prefix. Throws when it has a different one already, or means several buckets.
  func with(prefix: String) throws(MountFailure) -> SourceOption {
    switch self {
    case .bucket(let source): return .bucket(try MountSource(source, prefix: prefix))
    case .project(nil, _): throw .usage("prefix needs one bucket: name it before the mount point")
    case .project(let name, let own):
      let prefix = try MountSource.normalized(prefix: prefix)
      guard own.isEmpty || own == prefix else {
        throw .usage("two prefixes: \(own) in the source and \(prefix) as option; give one")
      }
      return .project(name: name, prefix: prefix)
    }
  }

  /// What mount tables and `pail status` show: "s3://bucket/prefix", "amplify:name/prefix", "amplify:*".
  package var description: String {
    switch self {
    case .bucket(let source): source.description
    case .project(let name?, let prefix): "amplify:\(name)" + (prefix.isEmpty ? "" : "/" + prefix.dropLast())
    case .project(nil, _): "amplify:*"
    }
  }
}
