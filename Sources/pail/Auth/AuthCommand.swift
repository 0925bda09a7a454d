// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct AuthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "auth",
    abstract: "Sign in to an Amplify project, and out.",
    discussion: """
      What a sign-in gives is kept in the state directory ($XDG_STATE_HOME/pail/auth, or ~/.local/state/pail/auth), for this \
      user only, and renewed by whatever uses it, until `pail auth sign-out`.
      """,
    subcommands: [SignInCommand.self, SignOutCommand.self, WhoAmICommand.self])
}
