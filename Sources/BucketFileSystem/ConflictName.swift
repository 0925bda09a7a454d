// SPDX-License-Identifier: Apache-2.0
//
// What a local version is called whose name somebody else has taken: NAME.conflict-HOST-TIME. Pure.
//
// For: a conflict at close. The time is UTC with milliseconds, so that a name is never made twice on a machine. What can go
// wrong: a long name; it is cut, at a character, so that the whole has at most 255 bytes, and a host name that no key should
// have, of which only letters, digits, `-` and `_` stay.

import Glibc
import VFS

enum ConflictName {
  private static let hostLength = 40

  /// - Parameter time: since 1970.
  static func make(_ name: Name, host: String, time: Timestamp) -> Name? {
    let suffix = ".conflict-\(plain(host))-\(text(time))"
    let room = Name.maximumLength - suffix.utf8.count
    var stem = name.string
    while stem.utf8.count > room { stem.removeLast() }
    return Name(stem + suffix)
  }

  static var host: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The first label of a host name.
  private static func plain(_ host: String) -> String {
    let label = host.utf8.prefix { $0 != UInt8(ascii: ".") }.prefix(hostLength)
    let kept = label.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        byte
      default: UInt8(ascii: "_")
      }
    }
    return kept.isEmpty ? "localhost" : String(decoding: kept, as: UTF8.self)
  }

  /// As 20261121T184502.017Z.
  private static func text(_ time: Timestamp) -> String {
    var seconds = time_t(time.seconds)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ number: Int32, _ count: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let date = digits(parts.tm_year + 1900, 4) + digits(parts.tm_mon + 1, 2) + digits(parts.tm_mday, 2)
    let clock = digits(parts.tm_hour, 2) + digits(parts.tm_min, 2) + digits(parts.tm_sec, 2)
    return "\(date)T\(clock).\(digits(Int32(time.nanoseconds / 1_000_000), 3))Z"
  }
}
