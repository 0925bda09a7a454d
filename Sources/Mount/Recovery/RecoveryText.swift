// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
package import WriteBackCache

/// How `pail recover` shows what a cache directory holds.
package enum RecoveryText {
  /// For people; several lines without a newline at the end.
  package static func table(_ entries: [CacheCatalog.Entry]) -> String {
    let bytes = entries.reduce(0) { $0 + $1.size }
    let count = "\(entries.count) \(entries.count == 1 ? "file" : "files"), \(ByteCount.text(bytes))"
    return ([entries.isEmpty ? "nothing" : count] + entries.map(line)).joined(separator: "\n")
  }

  private static func line(_ entry: CacheCatalog.Entry) -> String {
    let state = StatusText.padded(entry.state.rawValue, 12)
    let size = StatusText.padded(ByteCount.text(entry.size), 12)
    let reason = entry.reason.map { "  (\(StatusText.printable($0)))" } ?? ""
    return "  \(state)\(size)\(StatusText.printable(entry.key ?? "?"))  \(entry.dataFile)\(reason)"
  }

  /// For programs: an array, sorted by key.
  package static func json(_ entries: [CacheCatalog.Entry]) -> String { StatusText.encoded(entries.map(Report.init)) }

  private struct Report: Encodable {
    let key: String?
    let size: Int64
    let state: String
    let reason: String?
    let dataFile: String

    init(_ entry: CacheCatalog.Entry) {
      (key, size, state) = (entry.key, entry.size, entry.state.rawValue)
      (reason, dataFile) = (entry.reason, entry.dataFile)
    }

    enum CodingKeys: String, CodingKey {
      case key, size, state, reason
      case dataFile = "data_file"
    }
  }
}
