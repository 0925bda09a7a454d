// SPDX-License-Identifier: Apache-2.0

/// The parts of a request's URL that errors and logs may name: never the query, which can hold a signature.
struct RequestTarget: Sendable {
  /// Host and port as written, without user information.
  let authority: String
  /// As it goes out, `/` when empty.
  let path: String
  let isSecure: Bool

  /// Checks what libcurl would silently change: it guesses a scheme, drops a fragment, accepts odd bytes.
  init(_ url: String) throws(TransportError) {
    let bytes = url.utf8
    guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else {
      throw TransportError(.invalidRequest, "the URL has bytes that must be percent-encoded")
    }
    let rest: Substring.UTF8View
    if let plain = RequestTarget.drop(prefix: "http://", from: url) {
      (rest, isSecure) = (plain, false)
    } else if let secure = RequestTarget.drop(prefix: "https://", from: url) {
      (rest, isSecure) = (secure, true)
    } else {
      throw TransportError(.invalidRequest, "the URL is neither http nor https")
    }
    let authorityBytes = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard !authorityBytes.isEmpty, !authorityBytes.contains(UInt8(ascii: "@")) else {
      throw TransportError(.invalidRequest, "the URL has no host, or a user name")
    }
    let pathBytes = rest.dropFirst(authorityBytes.count).prefix { $0 != UInt8(ascii: "?") }
    authority = String(Substring(authorityBytes))
    path = pathBytes.isEmpty ? "/" : String(Substring(pathBytes))
  }

  private static func drop(prefix: String, from url: String) -> Substring.UTF8View? {
    let head = url.utf8.prefix(prefix.utf8.count)
    guard head.count == prefix.utf8.count,
      zip(head, prefix.utf8).allSatisfy({ $0 == $1 || ($0 >= 0x41 && $0 <= 0x5a && $0 | 0x20 == $1) })
    else { return nil }
    return Substring(url).utf8.dropFirst(prefix.utf8.count)
  }
}
