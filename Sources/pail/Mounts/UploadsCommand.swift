// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

struct UploadsCommand: ParsableCommand {
  enum Action: String, ExpressibleByArgument, CaseIterable {
    case list, retry
  }

  static let configuration = CommandConfiguration(
    commandName: "uploads",
    abstract: "List or retry the uploads of a mount.",
    discussion: "An upload that failed for good (access denied, say) is kept until somebody retries it.")

  @Argument(help: "Where the bucket is mounted.", completion: .directory)
  var mountPoint: String

  @Argument(help: "What to do.")
  var action = Action.list

  @Argument(help: "The key of one object; all when left out.")
  var key: String?

  func run() throws {
    let directory = MountDirectory(environment: .current())
    let text = try Report.failures { () throws(MountFailure) in
      if action == .retry { try directory.retry(mountPoint: mountPoint, key: key) }
      let status = try directory.status(mountPoint: mountPoint)
      return StatusText.pending(status)
    }
    print(text)
  }
}
