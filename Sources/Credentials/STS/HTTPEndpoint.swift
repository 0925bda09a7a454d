// SPDX-License-Identifier: Apache-2.0

/// The address of a service, taken apart for signing. Pure.
struct HTTPEndpoint: Sendable, Equatable {
  /// With the port unless it is the scheme's own: as the Host header will have it.
  let host: String
  /// At least `/`.
  let path: String
  /// What is requested.
  let url: String

  /// nil unless the text is `http://` or `https://`, a host and perhaps a path, all printable ASCII, without user or query.
  init?(_ text: String) {
    guard let separator = text.firstRange(of: "://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      !text.contains(where: { $0 == "?" || $0 == "#" || $0 == "@" })
    else { return nil }
    let scheme = text[..<separator.lowerBound].lowercased()
    let rest = text[separator.upperBound...]
    var authority = String(rest.prefix { $0 != "/" })
    let ownPort = scheme == "https" ? ":443" : ":80"
    guard scheme == "http" || scheme == "https" else { return nil }
    if authority.hasSuffix(ownPort) { authority.removeLast(ownPort.count) }
    guard !authority.isEmpty else { return nil }
    host = authority
    let path = String(rest.drop { $0 != "/" })
    self.path = path.isEmpty ? "/" : path
    url = "\(scheme)://\(authority)\(self.path)"
  }
}
