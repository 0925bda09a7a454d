// SPDX-License-Identifier: Apache-2.0

/// Hexadecimal digits.
enum MemoryHex {
  static func digit(_ nibble: UInt8, capital: Bool = false) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: capital ? "A" : "a") + nibble - 10
  }

  /// 16 digits.
  static func text(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { output in
      for index in 0..<16 { output[index] = digit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 15) }
      return 16
    }
  }

  /// Two digits for each byte of the text.
  static func text(_ string: String) -> String {
    let bytes = Array(string.utf8)
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { output in
      for (index, byte) in bytes.enumerated() {
        output[2 * index] = digit(byte >> 4)
        output[2 * index + 1] = digit(byte & 15)
      }
      return 2 * bytes.count
    }
  }

  /// The text of which these are the digits; nil when they are none.
  static func string(_ digits: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = value(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return high == nil ? String(validating: bytes, as: UTF8.self) : nil
  }

  static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// Decimal digits: no sign, no space.
enum MemoryDecimal {
  static func parse(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value
  }
}
