// SPDX-License-Identifier: Apache-2.0

import SigV4

extension XMLText {
  /// A time such as `2009-10-12T17:50:30.000Z`, in seconds since 1970; a fraction is cut off.
  package func time() throws(XMLError) -> Int64 {
    try withBytes { (bytes) throws(XMLError) in
      if let time = XMLText.parseTime(bytes) { return time }
      guard let time = ISO8601.parse(String(decoding: bytes, as: UTF8.self)) else { throw error(.invalidValue) }
      return time
    }
  }

  /// An entity tag, with quotes, with the quotes as entities, or bare.
  package func etag() throws(XMLError) -> ETag { ETag(try unquoted().string()) }

  /// The form that every store sends in listings, without making a string of it.
  private static func parseTime(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard bytes.count >= 20, bytes.count <= 30, bytes[bytes.count - 1] == UInt8(ascii: "Z") else { return nil }
    func number(_ start: Int, _ count: Int) -> Int {
      var value = 0
      for index in start..<(start + count) {
        let digit = Int(bytes[index]) - 48
        if digit < 0 || digit > 9 { return -1 }
        value = value * 10 + digit
      }
      return value
    }
    guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
    else { return nil }
    if bytes.count > 20 {
      guard bytes[19] == UInt8(ascii: "."), bytes.count > 21 else { return nil }
      for index in 20..<(bytes.count - 1) where !(48...57).contains(bytes[index]) { return nil }
    }
    return CivilTime(
      year: number(0, 4), month: number(5, 2), day: number(8, 2), hour: number(11, 2), minute: number(14, 2),
      second: number(17, 2))?.secondsSince1970
  }
}
