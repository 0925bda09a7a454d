// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// The header lines of a request as libcurl wants them.
struct RequestHeaderList {
  /// Set by the transport from the body, or never used.
  private static let ownFields = ["content-length", "expect"]

  /// The lines, and what libcurl would otherwise add on its own taken away ("Name:" removes, "Name;" is empty).
  ///
  /// `Expect: 100-continue` is never sent: it costs a round trip for each part, and an early refusal (403, 503) is
  /// seen without it, because libcurl reads while it sends and stops sending at the first status that is no success.
  ///
  /// - Throws: `invalidRequest` for a name that is no token (RFC 9110 §5.6.2) or a value with control characters,
  ///   which could smuggle another header in; for Transfer-Encoding, as a body's length is always known.
  static func lines(of headers: HTTPHeaders) throws(TransportError) -> [String] {
    var lines = ["Expect:"]
    if headers["Accept"] == nil { lines.append("Accept:") }
    for (name, value) in headers.fields {
      guard !name.isEmpty, name.utf8.allSatisfy(isToken),
        value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
      else { throw TransportError(.invalidRequest, "a header field has bytes that are not allowed") }
      let lowered = name.lowercased()
      if lowered == "transfer-encoding" {
        throw TransportError(.invalidRequest, "Transfer-Encoding is not supported")
      }
      if ownFields.contains(lowered) { continue }
      lines.append(value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } ? name + ";" : name + ": " + value)
    }
    return lines
  }

  /// The lines as a list that the caller frees with curl_slist_free_all; nil when memory is short.
  static func list(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      guard let longer = curl_slist_append(list, line) else {
        curl_slist_free_all(list)
        return nil
      }
      list = longer
    }
    return list
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
