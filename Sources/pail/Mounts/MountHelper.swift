// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Mount

/// `mount.pail`: fstab's syntax and mount(8)'s exit codes.
enum MountHelper {
  /// - Parameter arguments: without the program's name.
  static func main(_ arguments: [String]) -> Never {
    do {
      let invocation = try HelperInvocation(arguments)
      let options = try MountOptionParser.parse(
        source: invocation.source, mountPoint: invocation.mountPoint, settings: invocation.settings,
        isSloppy: invocation.isSloppy)
      if invocation.isFake { exit(0) }
      let environment = HostEnvironment.current()
      if options.foreground {
        MountRun.end(with: try Daemon.run(options: options, environment: environment, readiness: nil))
      }
      try MountRun.launch(options, arguments: invocation.mountArguments, environment: environment)
      exit(0)
    } catch {
      Report.line("mount.pail: \(error.description)")
      exit(error.mountHelperExitCode)
    }
  }
}
