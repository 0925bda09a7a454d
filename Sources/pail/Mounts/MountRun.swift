// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Mount

/// The two ways to mount: here, or in a process of its own.
enum MountRun {
  /// - Parameters:
  ///   - arguments: of `pail mount`, for that process, beginning with "mount".
  ///   - readiness: set in that process.
  /// Throws the exit code; what went wrong has been said.
  static func run(_ options: MountOptions, arguments: [String], readiness: Int32?) throws {
    let environment = HostEnvironment.current()
    if let readiness {
      // The command that waits says what went wrong.
      end(with: (try? Daemon.run(options: options, environment: environment, readiness: readiness)) ?? 1)
    }
    if options.foreground {
      let code = try Report.failures { () throws(MountFailure) in
        try Daemon.run(options: options, environment: environment, readiness: nil)
      }
      end(with: code)
    }
    try Report.failures { () throws(MountFailure) in
      try launch(options, arguments: arguments, environment: environment)
    }
  }

  /// Ends a process that served a mount. Not exit(3): it runs the clean-up of libraries (OpenSSL's among them) that network
  /// threads still use.
  static func end(with code: Int32) -> Never {
    fflush(nil)
    _exit(code)
  }

  /// Starts the daemon and shows on a terminal what takes long.
  static func launch(
    _ options: MountOptions, arguments: [String], environment: HostEnvironment
  ) throws(MountFailure) {
    var hasProgress = false
    defer { if hasProgress { Report.progress("") } }
    // Right behind the command's name, so that a later "--" does not turn them into operands.
    let hidden = ["--readiness-fd", String(DaemonLauncher.descriptor)]
    let daemonArguments = [arguments.first ?? "mount"] + hidden + arguments.dropFirst()
    try DaemonLauncher.launch(
      arguments: daemonArguments, mountPoint: environment.absolute(options.mountPoint)
    ) { stage in
      guard Report.isTerminal else { return }
      hasProgress = true
      Report.progress("pail: \(stage) …")
    }
  }
}
