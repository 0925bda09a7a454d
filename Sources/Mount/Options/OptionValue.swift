// SPDX-License-Identifier: Apache-2.0

package import WriteBackCache

/// The value syntaxes of options. Each returns nil for what it does not understand; the table words the error.
package enum OptionValue {
  /// Seconds: `500ms`, `5s`, `2m`, `1h`, or a plain number of seconds; not negative.
  package static func duration(_ text: String) -> Double? {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600)]
    for (suffix, factor) in units where text.hasSuffix(suffix) {
      return decimal(text.dropLast(suffix.count)).map { $0 * factor }
    }
    return decimal(Substring(text))
  }

  /// Bytes: a plain number, or one with `K`, `M`, `G` or `T` (powers of 1,024; `KiB` and so on mean the same).
  package static func size(_ text: String) -> Int64? {
    let upper = text.uppercased()
    for (position, letter) in ["K", "M", "G", "T"].enumerated() {
      for suffix in [letter, letter + "IB"] where upper.hasSuffix(suffix) {
        guard let count = number(upper.dropLast(suffix.count)) else { return nil }
        let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: 1 << (10 * Int64(position + 1)))
        return isTooLarge ? nil : bytes
      }
    }
    return number(Substring(upper))
  }

  /// Room that is left to others: bytes as ``size(_:)``, or a percentage of the disk, `0%` to `99%`.
  package static func reserve(_ text: String) -> QuotaLimits.Reserve? {
    guard text.hasSuffix("%") else { return size(text).map { .bytes($0) } }
    return number(text.dropLast()).flatMap { $0 < 100 ? .percent(Int($0)) : nil }
  }

  /// Permission bits in octal, 0 to 777.
  package static func permissions(_ text: String) -> UInt32? {
    guard text.utf8.allSatisfy({ (0x30...0x37).contains($0) }), let bits = UInt32(text, radix: 8) else { return nil }
    return bits <= 0o777 ? bits : nil
  }

  /// A user or group number. 4,294,967,295 is "none" to the kernel and refused.
  package static func identifier(_ text: String) -> UInt32? {
    guard let number = number(Substring(text)), number < Int64(UInt32.max) else { return nil }
    return UInt32(number)
  }

  /// A whole number without sign.
  package static func number(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int64(text)
  }

  /// Digits with at most one dot: no sign, exponent, "nan" or "inf", which `Double.init` would take.
  private static func decimal(_ text: Substring) -> Double? {
    guard text.utf8.contains(where: { (0x30...0x39).contains($0) }),
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
    else { return nil }
    return Double(text)
  }
}
