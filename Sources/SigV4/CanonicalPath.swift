// SPDX-License-Identifier: Apache-2.0

/// The path as every service but S3 signs it: dot segments and repeated slashes removed, then encoded once more although
/// it is encoded already (IAM User Guide, "Create a signed AWS API request", step 1; RFC 3986 §5.2.4).
enum CanonicalPath {
  static func normalized(_ path: String) -> String {
    var segments: [Substring] = []
    for segment in path.split(separator: "/") {
      switch segment {
      case ".": continue
      case "..": _ = segments.popLast()
      default: segments.append(segment)
      }
    }
    let isDirectory = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
    let joined = "/" + segments.joined(separator: "/")
    return URIEncoding.path(isDirectory && !segments.isEmpty ? joined + "/" : joined)
  }
}
