// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
package import Logging

/// Where the lines of a log go. Any thread may write; a line is one write(2), so lines of several processes do not mix.
package final class LogFile: Sendable {
  private let path: String?
  private let descriptor: Lock<Int32>

  /// Standard error.
  init() {
    path = nil
    descriptor = Lock(2)
  }

  /// Appends to a file, made with mode 0600. Throws when it cannot be opened.
  package init(path: String) throws(MountFailure) {
    self.path = path
    let file = LogFile.open(path)
    guard file >= 0 else {
      throw .init(
        "log file \(path) cannot be opened: \(String(cString: strerror(errno))); name another with --log-file")
    }
    descriptor = Lock(file)
  }

  deinit {
    if path != nil { descriptor.withLock { _ = close($0) } }
  }

  func write(_ line: String) {
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    descriptor.withLock { file in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        // A full disk must not stop a file system: the line is lost.
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Opens the path anew, for logrotate(8). Keeps the old file when that fails.
  package func reopen() {
    guard let path else { return }
    let file = LogFile.open(path)
    guard file >= 0 else { return }
    descriptor.withLock { current in
      close(current)
      current = file
    }
  }

  private static func open(_ path: String) -> Int32 {
    Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0o600)
  }
}

/// Formats events for a ``LogFile``.
package struct FileLogHandler: LogHandler {
  private let file: LogFile
  package var logLevel: Logger.Level
  package var metadata: Logger.Metadata = [:]

  package init(file: LogFile, level: Logger.Level) {
    self.file = file
    logLevel = level
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    file.write("\(LogLine.timestamp(time)) \(event.level.rawValue) \(LogLine.body(event.message, all))")
  }
}
