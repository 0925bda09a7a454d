// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// What may stand in a header (RFC 9110 §5.1, §5.5). Values come from users and from stores: a line end in one would be a
/// header of somebody else's choice.
package enum HeaderSyntax {
  /// The first field that must not be sent, if there is one.
  package static func firstInvalidName(in headers: HTTPHeaders) -> String? {
    headers.fields.first { !isToken($0.name) || !isValue($0.value) }?.name
  }

  static func isValue(_ value: String) -> Bool {
    value.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
  }

  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
