// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

struct MountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mount",
    abstract: "Mount a bucket; return when the mount is live.",
    usage: """
      pail mount <source> <mount-point> [<options>]
      pail mount --amplify <file> [<source>] <mount-point> [<options>]
      """,
    discussion: """
      With --amplify the buckets are those of an Amplify project, by their friendly names: <source> is NAME[/PREFIX], and without \
      it each bucket of several is a directory. The mount is that of the user who has signed in with `pail auth sign-in`, or of a \
      guest where the project has them, and shows and allows what the access rules grant.

      Credentials come from the standard AWS places: environment, ~/.aws/config and ~/.aws/credentials, web identity, \
      container and instance roles. They are never options, which anybody could read with ps.

      OPTIONS FOR -o (also in fstab, with - or _; FLAGS below win over them):
      \(MountOptionTable.definitions.map { "  \($0.usage): \($0.help)" }.joined(separator: "\n"))
        env.AWS_NAME=VALUE: an AWS setting that is not secret, for mounts from fstab
      """)

  @Argument(
    help: ArgumentHelp(
      "BUCKET or s3://BUCKET[/PREFIX], and an empty directory.", valueName: "source> <mount-point"),
    completion: .directory)
  var operands: [String] = []

  @Option(
    name: .customShort("o", allowingJoined: true),
    help: ArgumentHelp("Options, separated by commas; may be repeated, later ones win.", valueName: "option,..."))
  var options: [String] = []

  @Flag(help: "Stay in the foreground and log to standard error.")
  var foreground = false

  @Flag(help: "Allow no changes.")
  var readOnly = false

  @Flag(help: "Let other users in.")
  var allowOther = false

  @Option(help: ArgumentHelp("Address of the store; AWS when nothing else says so.", valueName: "url"))
  var endpoint: String?

  @Option(help: "Region of the bucket.")
  var region: String?

  @Option(help: "Profile in the AWS configuration files.")
  var profile: String?

  @Option(
    help: "The amplify_outputs.json of a project whose buckets are mounted.", completion: .file(extensions: ["json"]))
  var amplify: String?

  @Flag(help: "Mount as a guest of the project, also when somebody has signed in.")
  var guest = false

  @Option(help: "Mount only what is below this prefix.")
  var prefix: String?

  @Option(help: "Where the bucket name stands in URLs: auto, path or virtual.")
  var addressing: String?

  @Option(help: "File with the certificates to trust.", completion: .file())
  var caFile: String?

  @Option(help: "Where written data waits for its upload.", completion: .directory)
  var cacheDir: String?

  @Option(help: "close: close(2) waits for the upload. delayed: uploads follow later.")
  var writeBack: String?

  @Option(help: "How much later, for example 5s.")
  var writeBackDelay: String?

  @Option(help: "Append the log to this file instead of syslog.", completion: .file())
  var logFile: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String?

  @Flag(help: .hidden)
  var sloppy = false

  @Option(help: .hidden)
  var readinessFd: Int32?

  func validate() throws {
    switch operands.count {
    case 0: throw ValidationError("Missing expected argument '<source>'")
    case 1 where !settings.contains { $0.name == "amplify" }:
      throw ValidationError("Missing expected argument '<mount-point>'")
    case 1, 2: break
    default: throw ValidationError("Unexpected argument '\(operands[2])'")
    }
  }

  func run() throws {
    let options = try Report.failures { () throws(MountFailure) in
      try MountOptionParser.parse(
        source: operands.count == 2 ? operands[0] : nil, mountPoint: operands.last ?? "", settings: settings,
        isSloppy: sloppy)
    }
    try MountRun.run(options, arguments: Array(CommandLine.arguments.dropFirst()), readiness: readinessFd)
  }

  private var settings: [OptionSetting] {
    let flags = [("foreground", foreground), ("ro", readOnly), ("allow-other", allowOther), ("guest", guest)]
    let values = [
      ("endpoint", endpoint), ("region", region), ("profile", profile), ("amplify", amplify), ("prefix", prefix),
      ("addressing", addressing),
      ("ca-file", caFile), ("cache-dir", cacheDir), ("write-back", writeBack), ("write-back-delay", writeBackDelay),
      ("log-file", logFile), ("log-level", logLevel),
    ]
    return options.flatMap(OptionString.settings) + flags.filter(\.1).map { OptionSetting($0.0) }
      + values.compactMap { name, value in value.map { OptionSetting(name, $0) } }
  }
}
