// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

/// The program. mount(8) and fstab call it as `mount.pail`, or as `pail SOURCE DIR -o …`; people as `pail COMMAND`.
@main
enum Program {
  static func main() {
    let arguments = CommandLine.arguments
    let commands = Pail.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    if HelperInvocation.isHelper(arguments, commands: commands) {
      MountHelper.main(Array(arguments.dropFirst()))
    } else {
      run()
    }
  }

  /// As `Pail.main()`, but what goes wrong at work is one line, without the syntax of the command.
  private static func run() {
    do {
      var command = try Pail.parseAsRoot()
      try command.run()
    } catch let failure as CommandFailure {
      Report.line("pail: \(failure)")
      Pail.exit(withError: ExitCode(failure.exitCode))
    } catch {
      Pail.exit(withError: error)
    }
  }
}

struct Pail: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pail",
    abstract: "Mounts an S3 bucket as a directory, copies objects, and keeps records with files.",
    discussion: """
      Files written below the mount point go to the bucket when they are closed. What cannot be uploaded stays in a \
      local directory until it can; `pail status` shows it.
      """,
    version: "pail 0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Mounts",
        subcommands: [
          MountCommand.self, UmountCommand.self, StatusCommand.self, UploadsCommand.self, RecoverCommand.self,
        ]),
      CommandGroup(
        name: "Objects",
        subcommands: [
          CopyCommand.self, MoveCommand.self, ListCommand.self, StatCommand.self, RemoveCommand.self, URLCommand.self,
        ]),
      CommandGroup(name: "Amplify", subcommands: [AuthCommand.self]),
      CommandGroup(name: "Records", subcommands: [RecordsCommand.self]),
    ])
}
