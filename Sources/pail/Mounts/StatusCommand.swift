// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Mount

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show mounts and what they have not uploaded yet.",
    discussion: "Exit code 1 when the mount that was named is not there.")

  @Argument(help: "One mount; all of them when left out.", completion: .directory)
  var mountPoint: String?

  @Flag(help: "Print JSON: an object for one mount, an array for all.")
  var json = false

  @Flag(help: "Print again every second, until interrupted.")
  var watch = false

  func run() throws {
    let directory = MountDirectory(environment: .current())
    while true {
      let text = try Report.failures { () throws(MountFailure) -> String in try self.text(directory) }
      // Home and clear, so that the picture stands still.
      print(watch && !json && isatty(1) == 1 ? "\u{1B}[H\u{1B}[2J" + text : text)
      fflush(nil)
      guard watch else { return }
      sleep(1)
    }
  }

  private func text(_ directory: MountDirectory) throws(MountFailure) -> String {
    if let mountPoint {
      let status = try directory.status(mountPoint: mountPoint)
      return json ? StatusText.json(status) : StatusText.table(status)
    }
    let statuses = directory.statuses()
    if json { return StatusText.json(statuses) }
    return statuses.isEmpty ? "nothing is mounted" : statuses.map(StatusText.table).joined(separator: "\n\n")
  }
}
