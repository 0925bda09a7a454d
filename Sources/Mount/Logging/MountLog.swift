// SPDX-License-Identifier: Apache-2.0

import Logging

/// The log of one mount: a file when one is named, standard error in the foreground, syslog otherwise.
struct MountLog: Sendable {
  let logger: Logger
  private let file: LogFile?

  init(options: MountOptions, environment: HostEnvironment) throws(MountFailure) {
    let level = options.logLevel
    if let path = options.logFile {
      let file = try LogFile(path: environment.absolute(path))
      self.file = file
      logger = Logger(label: "pail") { _ in FileLogHandler(file: file, level: level) }
    } else if options.foreground {
      let file = LogFile()
      self.file = file
      logger = Logger(label: "pail") { _ in FileLogHandler(file: file, level: level) }
    } else {
      file = nil
      SyslogHandler.open()
      logger = Logger(label: "pail") { _ in SyslogHandler(level: level) }
    }
  }

  /// Opens the log file anew; nothing to do for the others.
  func reopen() { file?.reopen() }
}
