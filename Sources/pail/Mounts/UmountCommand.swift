// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

struct UmountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "umount",
    abstract: "Unmount, upload what is left, and wait until all is done.",
    discussion: """
      Exit codes: 0 nothing is left behind; 3 data stays in the cache (said where), to be uploaded after the next mount, or \
      the store could not be told changed attributes, which are lost (said whose); 1 the mount stays, or something else went wrong.
      """)

  @Argument(help: "Where the bucket is mounted.", completion: .directory)
  var mountPoint: String

  @Option(help: ArgumentHelp("Give up on uploads after this long, for example 30s or 5m.", valueName: "duration"))
  var timeout: String?

  @Flag(help: "Unmount although files are open; they can be used until they are closed.")
  var lazy = false

  func validate() throws {
    if let timeout, OptionValue.duration(timeout) == nil {
      throw ValidationError("--timeout \(timeout) is no duration; write for example 30s or 5m")
    }
  }

  func run() throws {
    var progress = UploadProgress()
    let outcome = try Report.failures { () throws(MountFailure) in
      defer { progress.end() }
      return try UnmountCommand(
        mountPoint: mountPoint, environment: .current(), timeout: timeout.flatMap(OptionValue.duration), isLazy: lazy
      ).run { progress.show($0, $1) }
    }
    if case .dataLeft(let text) = outcome {
      Report.line("pail: \(text)")
      throw ExitCode(Daemon.exitWithDataLeft)
    }
  }
}
