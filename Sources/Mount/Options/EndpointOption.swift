// SPDX-License-Identifier: Apache-2.0

/// The address of a store.
package enum EndpointOption {
  /// `http` or `https`, a host, perhaps a port and a path; no user, query or fragment, where secrets could hide.
  package static func isValid(_ text: String) -> Bool {
    let lower = text.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else { return false }
    let rest = lower.dropFirst(scheme.count)
    guard let first = rest.first, first != "/", first != ":" else { return false }
    return !rest.contains { "@?# \\".contains($0) }
  }

  /// The form that mount identities use: lowercase scheme and host, no default port, no slash at the end.
  package static func normalized(_ text: String) -> String {
    guard let separator = text.firstRange(of: "://") else { return text }
    let scheme = text[..<separator.lowerBound].lowercased()
    let rest = text[separator.upperBound...]
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var authority = rest[..<slash].lowercased()
    let defaultPort = scheme == "https" ? ":443" : ":80"
    if authority.hasSuffix(defaultPort) { authority.removeLast(defaultPort.count) }
    var path = rest[slash...]
    while path.last == "/" { path = path.dropLast() }
    return "\(scheme)://\(authority)\(path)"
  }
}
