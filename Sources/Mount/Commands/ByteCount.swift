// SPDX-License-Identifier: Apache-2.0

/// Sizes for people.
package enum ByteCount {
  /// "512 B", "1.5 KiB", "3.4 GiB": powers of 1,024, one decimal.
  package static func text(_ bytes: Int64) -> String {
    guard bytes >= 1_024 else { return "\(bytes) B" }
    var tenths = Double(bytes) / 1_024 * 10
    var unit = 0
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
    while tenths.rounded() >= 10_240, unit < units.count - 1 {
      tenths /= 1_024
      unit += 1
    }
    let rounded = Int(tenths.rounded())
    return "\(rounded / 10).\(rounded % 10) \(units[unit])"
  }
}
