// SPDX-License-Identifier: Apache-2.0

/// Non-negative decimal numbers of headers and documents: digits only, no sign, no space, no overflow.
enum Decimal {
  static func parse(_ digits: some Sequence<UInt8>) -> Int64? {
    var value: Int64 = 0
    var isEmpty = true
    for byte in digits {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !overflow, !carry else { return nil }
      value = sum
      isEmpty = false
    }
    return isEmpty ? nil : value
  }

  static func parse(_ text: some StringProtocol) -> Int64? { parse(text.utf8) }
}
