// SPDX-License-Identifier: Apache-2.0

/// The address of a GraphQL service, taken apart for signing. Pure.
struct AppSyncEndpoint: Sendable, Equatable {
  /// What is requested.
  let url: String
  /// With the port unless it is the scheme's own: as the Host header will have it.
  let host: String
  /// At least `/`.
  let path: String

  /// - Throws: "InvalidSchema" for what is no URL of `https`, or of `http` on this machine: keys and tokens would be readable on
  ///   the way.
  init(_ text: String) throws(RecordError) {
    guard let separator = text.firstRange(of: "://"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      !text.contains(where: { $0 == "?" || $0 == "#" || $0 == "@" })
    else { throw AppSyncEndpoint.refuse("it has no scheme, or a query or a user") }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { throw AppSyncEndpoint.refuse("it begins with \(scheme):") }
    let rest = text[separator.upperBound...]
    var authority = String(rest.prefix { $0 != "/" })
    let ownPort = scheme == "https" ? ":443" : ":80"
    if authority.hasSuffix(ownPort) { authority.removeLast(ownPort.count) }
    guard !authority.isEmpty else { throw AppSyncEndpoint.refuse("it has no host") }
    guard scheme == "https" || AppSyncEndpoint.isLoopback(authority) else {
      throw AppSyncEndpoint.refuse("it is http to another machine, and keys and tokens would be readable on the way")
    }
    host = authority
    path = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
    url = "\(scheme)://\(authority)\(path)"
  }

  /// Whether what is sent there stays on this machine.
  private static func isLoopback(_ host: String) -> Bool {
    if host.hasPrefix("[") { return host.prefix { $0 != "]" } == "[::1" }
    let name = host.prefix { $0 != ":" }.lowercased()
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return name == "localhost" || parts.first == "127" && parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func refuse(_ reason: String) -> RecordError {
    RecordError(
      .invalidSchema, "the address of the data service cannot be used: \(reason)",
      remedy:
        "Give data.url as `npx ampx generate outputs` writes it: https://….appsync-api.REGION.amazonaws.com/graphql.")
  }
}
