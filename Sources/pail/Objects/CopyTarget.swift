// SPDX-License-Identifier: Apache-2.0
//
// Where a copy of one thing goes, by the rules of cp(1) with `s3://` in them. Pure.
//
// A destination that ends with a slash, is a bucket, or is a directory, takes what is copied under its own name; any other is
// the new name. Recursively, the destination takes what is in the source, not the source itself (as `aws s3 cp --recursive`
// and rclone do).
// Keys come from other people: one that would leave the destination (`..`), or is no file name, makes no local file.

enum CopyTarget {
  /// - Parameter isDirectory: the destination is known to be one, or must be.
  static func destination(of source: ObjectLocation, in target: ObjectLocation, isDirectory: Bool) -> ObjectLocation? {
    let name = CopyTarget.name(of: source)
    switch target {
    case .standardStream: return target
    case .remote(let bucket, let key):
      guard isDirectory || key.isEmpty || key.hasSuffix("/") else { return target }
      guard !name.isEmpty else { return nil }
      return .remote(bucket: bucket, key: joined(key, name))
    case .local(let path):
      guard isDirectory || path.hasSuffix("/") else { return target }
      guard isFileName(name[...]) else { return nil }
      return .local(joined(path, name))
    }
  }

  /// Where something goes whose path below the source is `relative`; nil when that cannot be a local path.
  static func destination(of relative: String, below target: ObjectLocation) -> ObjectLocation? {
    switch target {
    case .standardStream: return nil
    case .remote(let bucket, let key):
      return .remote(bucket: bucket, key: key.isEmpty ? relative : joined(key, relative))
    case .local(let path):
      let names = relative.split(separator: "/", omittingEmptySubsequences: false)
      guard names.allSatisfy(isFileName) else { return nil }
      return .local(joined(path, relative))
    }
  }

  /// The last name in a path or key; empty when it ends with a slash or is a stream.
  static func name(of location: ObjectLocation) -> String {
    switch location {
    case .standardStream: return ""
    case .remote(_, let key): return String(key.split(separator: "/", omittingEmptySubsequences: false).last ?? "")
    case .local(let path): return String(path.split(separator: "/").last ?? "")
    }
  }

  private static func joined(_ directory: String, _ name: String) -> String {
    directory.isEmpty || directory.hasSuffix("/") ? directory + name : directory + "/" + name
  }

  private static func isFileName(_ name: Substring) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255 && !name.utf8.contains(0)
      && !name.utf8.contains(UInt8(ascii: "/"))
  }
}
