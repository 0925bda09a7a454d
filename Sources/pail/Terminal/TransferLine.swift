// SPDX-License-Identifier: Apache-2.0

import Mount

/// The words that show how far transfers are. Pure.
struct TransferLine: Equatable, Sendable {
  /// Of the one that runs, when there is only one.
  var name: String?
  var filesDone = 0
  var files = 1
  /// Bytes.
  var transferred: Int64 = 0
  /// Bytes; nil as long as nobody knows.
  var total: Int64?
  /// Bytes a second, lately.
  var rate: Double = 0

  /// For example "a.bin: 34 %, 3.4 GiB of 10.0 GiB, 112.3 MiB/s, 1:00 left".
  var text: String {
    var parts: [String] = []
    if files > 1 { parts.append("\(filesDone) of \(files) files") }
    if let total, total > 0 {
      // Rounded down: 100 % means all of it.
      parts.append("\(Int(Double(transferred) / Double(total) * 100)) %")
      parts.append("\(ByteCount.text(transferred)) of \(ByteCount.text(total))")
    } else {
      parts.append(ByteCount.text(transferred))
    }
    if rate >= 1 {
      parts.append("\(ByteCount.text(Int64(rate)))/s")
      if let total, total > transferred {
        parts.append("\(TransferLine.time(Double(total - transferred) / rate)) left")
      }
    }
    return (name.map { "\($0): " } ?? "") + parts.joined(separator: ", ")
  }

  /// "0:07", "12:30", "3:05:00".
  static func time(_ seconds: Double) -> String {
    let seconds = Int(min(max(seconds, 0), 359_999).rounded(.up))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
  }
}

/// Bytes a second over the last few seconds. Pure.
struct TransferRate: Sendable {
  /// Seconds that count.
  private static let window = 5.0

  private var samples: [(time: Double, bytes: Int64)] = []

  /// - Parameter time: seconds, rising.
  mutating func note(_ bytes: Int64, at time: Double) {
    samples.append((time, bytes))
    while samples.count > 2, samples[1].time <= time - TransferRate.window { samples.removeFirst() }
  }

  var value: Double {
    guard let first = samples.first, let last = samples.last, last.time > first.time else { return 0 }
    return Double(last.bytes - first.bytes) / (last.time - first.time)
  }
}
