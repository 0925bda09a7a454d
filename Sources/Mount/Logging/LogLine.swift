// SPDX-License-Identifier: Apache-2.0

package import Glibc
import Logging

/// The text form of a log event: always one line, whatever a key or a server put into it.
package enum LogLine {
  /// "message key=value key=value" with the metadata in order of names.
  static func body(_ message: Logger.Message, _ metadata: Logger.Metadata) -> String {
    var line = message.description
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      let text = value.description
      line += text.contains(" ") ? " \(key)=\"\(text)\"" : " \(key)=\(text)"
    }
    return singleLine(line)
  }

  /// UTC with milliseconds, RFC 3339: "2026-01-31T08:00:00.123Z".
  package static func timestamp(_ time: timespec) -> String {
    var seconds = time.tv_sec
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let text = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    let milliseconds = String(time.tv_nsec / 1_000_000)
    return text + "." + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds + "Z"
  }

  private static func singleLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
    return text.unicodeScalars.reduce(into: "") { line, scalar in
      if scalar.value < 0x20 || scalar.value == 0x7F {
        line += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
  }
}
