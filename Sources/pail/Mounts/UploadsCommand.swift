// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

struct UploadsCommand: ParsableCommand {
  enum Action: String, ExpressibleByArgument, CaseIterable {
    case list, retry, pause, resume, cancel
  }

  static let configuration = CommandConfiguration(
    commandName: "uploads",
    abstract: "List, retry, pause, resume or cancel the uploads of a mount.",
    discussion: """
      An upload that failed for good (access denied, say) is kept until somebody retries or cancels it. A pause holds back what \
      nobody waits for; a program that closes a file still gets it uploaded. To cancel is to lose what is not in the bucket.
      """)

  @Argument(help: "Where the bucket is mounted.", completion: .directory)
  var mountPoint: String

  @Argument(help: "What to do.")
  var action = Action.list

  @Argument(help: "The key of one object, or its path below the mount point; all when left out.")
  var key: String?

  func validate() throws {
    if action == .cancel, key == nil {
      throw ValidationError("cancel wants a key, as pail uploads \(mountPoint) lists it")
    }
  }

  func run() throws {
    let directory = MountDirectory(environment: .current())
    let text = try Report.failures { () throws(MountFailure) in
      switch action {
      case .list: break
      case .retry: try directory.ask(.retry, mountPoint: mountPoint, key: key)
      case .pause: try directory.ask(.pause, mountPoint: mountPoint, key: key)
      case .resume: try directory.ask(.resume, mountPoint: mountPoint, key: key)
      case .cancel: try directory.ask(.cancel, mountPoint: mountPoint, key: key)
      }
      let status = try directory.status(mountPoint: mountPoint)
      return StatusText.pending(status)
    }
    print(text)
  }
}
