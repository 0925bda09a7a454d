// SPDX-License-Identifier: Apache-2.0
//
// The Content-Disposition header: whether a browser shows an object or saves it, and under what name. Pure.
//
// A name of plain ASCII is a quoted string (RFC 6266 §4.1). For any other the header has it twice: once with `_` for what old
// programs cannot read, once in UTF-8 (RFC 8187, formerly RFC 5987), which all others prefer. A `%` also needs the second form, because some
// browsers decode it in the first (RFC 6266, appendix D).

/// How a browser presents an object. A string literal is the header as it is: `"inline"`.
public struct ContentDisposition: Sendable, Hashable {
  /// The header's value.
  public let value: String

  /// The header as it is.
  public init(_ value: String) { self.value = value }

  /// To be saved.
  ///
  /// - Parameter filename: as what; any text. nil leaves it to the browser.
  public static func attachment(filename: String? = nil) -> ContentDisposition { .init("attachment", filename) }

  /// To be shown.
  ///
  /// - Parameter filename: under what name it is saved, if it is; any text.
  public static func inline(filename: String? = nil) -> ContentDisposition { .init("inline", filename) }

  private init(_ type: String, _ filename: String?) {
    guard let filename else {
      value = type
      return
    }
    var text = "\(type); filename=\"\(ContentDisposition.quoted(filename))\""
    let isPlain = filename.utf8.allSatisfy {
      (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "%") && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
    }
    if !isPlain { text += "; filename*=UTF-8''" + ContentDisposition.extended(filename) }
    value = text
  }

  /// The inside of a quoted string (RFC 9110 §5.6.4), with `_` for each character that is not printable ASCII.
  private static func quoted(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\"", "\\": result += "\\\(character)"
      case " "..."~": result.append(character)
      default: result += "_"
      }
    }
    return result
  }

  /// An extended value (RFC 8187 §3.2.1).
  private static func extended(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case let byte where "!#$&+-.^_`|~".utf8.contains(byte):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}

extension ContentDisposition: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}
