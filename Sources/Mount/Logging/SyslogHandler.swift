// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging

/// Sends events to syslog(3) as facility daemon, "pail[PID]".
struct SyslogHandler: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  /// Call ``open()`` once before.
  init(level: Logger.Level) { logLevel = level }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// openlog(3); it keeps the pointer to the name, which therefore is never freed.
  static func open() {
    openlog(strdup("pail"), LOG_PID | LOG_NDELAY, LOG_DAEMON)
  }

  func log(event: LogEvent) {
    let line = LogLine.body(event.message, metadata.merging(event.metadata ?? [:]) { $1 })
    line.withCString { text in
      // Never the line itself as the format: it may have a percent sign.
      withVaList([text]) { vsyslog(SyslogHandler.priority(event.level), "%s", $0) }
    }
  }

  static func priority(_ level: Logger.Level) -> Int32 {
    switch level {
    case .trace, .debug: LOG_DEBUG
    case .info: LOG_INFO
    case .notice: LOG_NOTICE
    case .warning: LOG_WARNING
    case .error: LOG_ERR
    case .critical: LOG_CRIT
    }
  }
}
