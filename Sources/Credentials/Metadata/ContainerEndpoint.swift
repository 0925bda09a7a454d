// SPDX-License-Identifier: Apache-2.0

/// Decides to whom a container's token may be sent. Pure.
enum ContainerEndpoint {
  /// Over TLS to anyone; without TLS only to this host and to the agents of ECS (169.254.170.2) and EKS (169.254.170.23,
  /// fd00:ec2::23), as the SDKs do.
  static func isTrusted(_ url: String) -> Bool {
    guard let separator = url.firstRange(of: "://") else { return false }
    let rest = url[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
    guard !authority.isEmpty, !authority.contains("@"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      return false
    }
    switch url[..<separator.lowerBound].lowercased() {
    case "https": return true
    case "http": return host(of: authority).map(isLocal) ?? false
    default: return false
    }
  }

  /// The part before the port; nil when what follows it is no port.
  private static func host(of authority: Substring) -> String? {
    let end =
      authority.hasPrefix("[")
      ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":") ?? authority.endIndex
    guard let end else { return nil }
    let port = authority[end...]
    guard port.isEmpty || (port.hasPrefix(":") && port.dropFirst().utf8.allSatisfy(isDigit)) else { return nil }
    return authority[..<end].lowercased()
  }

  private static func isLocal(_ host: String) -> Bool {
    if ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host) { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { $0.utf8.allSatisfy(isDigit) && UInt8($0) != nil }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
