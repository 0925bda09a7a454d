// SPDX-License-Identifier: Apache-2.0

import SigV4

/// An endpoint that a user named, taken apart: scheme, host with port, path prefix (RFC 3986 §3).
struct BaseURL {
  let scheme: String
  /// Lowercase, with `:port` unless it is the scheme's default.
  let host: String
  /// Encoded, without a slash at its end: empty or `/prefix`.
  let path: String

  init(scheme: String, host: String, path: String) {
    self.scheme = scheme
    self.host = host
    self.path = path
  }

  init(_ text: String) throws(ConfigurationError) {
    guard let separator = text.firstRange(of: "://") else { throw BaseURL.wrong("has no scheme") }
    scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { throw BaseURL.wrong("is neither http nor https") }
    let rest = text[separator.upperBound...]
    guard !rest.utf8.contains(where: { "?#@\\%".utf8.contains($0) || $0 <= 0x20 || $0 >= 0x7F }) else {
      throw BaseURL.wrong("holds a user name, a query or a character that it cannot have")
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var path = rest[slash...]
    while path.hasSuffix("/") { path.removeLast() }
    self.path = URIEncoding.path(String(path))
    host = try BaseURL.host(rest[..<slash].lowercased(), defaultPort: scheme == "https" ? 443 : 80)
  }

  /// Whether the host is a number: then nothing can be put before it.
  var isAddress: Bool {
    let name = host.split(separator: ":").first ?? ""
    return host.hasPrefix("[") || name.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
  }

  private static func host(_ authority: String, defaultPort: Int64) throws(ConfigurationError) -> String {
    let name: Substring
    var rest: Substring
    if authority.hasPrefix("[") {
      let close = authority.firstIndex(of: "]") ?? authority.startIndex
      name = authority[...close]
      rest = authority[authority.index(after: close)...]
      guard name.count > 2, name.dropFirst().dropLast().utf8.allSatisfy({ "0123456789abcdef:.".utf8.contains($0) })
      else {
        throw wrong("has no valid IPv6 address")
      }
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      name = authority[..<colon]
      rest = authority[colon...]
      guard BucketName.isAcceptable(String(name)) else { throw wrong("has no valid host name") }
    }
    guard !rest.isEmpty else { return String(name) }
    let colon = rest.removeFirst()
    guard colon == ":", let port = Decimal.parse(rest), (1...65_535).contains(port) else {
      throw wrong("has no valid port")
    }
    return port == defaultPort ? String(name) : "\(name):\(port)"
  }

  private static func wrong(_ reason: String) -> ConfigurationError {
    // Not the text itself: it might hold a password.
    ConfigurationError(.endpoint, "the endpoint \(reason); expected, for example, http://127.0.0.1:8333")
  }
}
