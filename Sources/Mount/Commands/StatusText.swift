// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// How `pail status` shows mounts.
package enum StatusText {
  /// For people; several lines without a newline at the end.
  package static func table(_ status: MountStatus) -> String {
    var lines = ["\(status.source) at \(status.mountPoint)"]
    lines.append("  state     \(status.state.rawValue) since \(status.since), pid \(status.pid)")
    lines.append("  store     \(status.endpoint.isEmpty ? "AWS" : status.endpoint) (\(status.region))")
    lines.append("  cache     \(status.cacheDirectory)")
    if !status.options.isEmpty {
      let options = status.options.sorted { $0.key < $1.key }.map {
        $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)"
      }
      lines.append("  options   \(options.joined(separator: ","))")
    }
    if !status.requests.isEmpty {
      let counts = status.requests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      lines.append("  requests  \(counts.joined(separator: ", "))")
    }
    if status.unreadableCount > 0 {
      let count = status.unreadableCount
      lines.append(
        "  kept      \(count) data \(count == 1 ? "file" : "files") that cannot be uploaded; move or remove them")
      lines += status.unreadable.map { "    \($0.dataFile): \($0.reason)" }
    }
    for note in status.storeNotes { lines.append("  note      \(note)") }
    return (lines.map(printable) + ["  pending   \(pending(status))"]).joined(separator: "\n")
  }

  /// What is not in the bucket yet: a summary, and a line for each file.
  package static func pending(_ status: MountStatus) -> String {
    let size =
      status.pendingCount == 0
      ? "nothing"
      : "\(status.pendingCount) \(status.pendingCount == 1 ? "file" : "files"), \(ByteCount.text(status.pendingBytes))"
    var lines = [size] + status.pending.map(line)
    if status.pendingCount > status.pending.count {
      lines.append("    … and \(status.pendingCount - status.pending.count) more")
    }
    return lines.joined(separator: "\n")
  }

  private static func line(_ upload: PendingReport) -> String {
    var text = "    \(padded(upload.state, 10))"
    let sent = upload.state == "uploading" ? "\(ByteCount.text(upload.transferred)) of " : ""
    text += padded(sent + ByteCount.text(upload.size), 24) + printable(upload.key)
    if upload.attempts > 0 { text += "  (\(upload.attempts) failed: \(printable(upload.reason ?? "?"))" }
    if let next = upload.nextAttempt, upload.attempts > 0 { text += "; again in \(Int(next.rounded(.up))) s" }
    return upload.attempts > 0 ? text + ")" : text
  }

  /// For programs: sorted, pretty; `nil` mount prints as an array of all.
  package static func json(_ statuses: [MountStatus]) -> String { encoded(statuses) }
  package static func json(_ status: MountStatus) -> String { encoded(status) }

  static func encoded(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { return "null" }
    return String(decoding: data, as: UTF8.self)
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  /// A key may hold escape sequences, which a terminal would obey.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : $0 }))
  }
}
