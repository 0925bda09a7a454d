// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials

struct SignOutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-out",
    abstract: "Forget who is signed in, and revoke the sign-in.",
    discussion: """
      Mounts of this user lose their access within seconds. Exit code 1 when the project could not be told: the sign-in is \
      forgotten here, but whoever has a copy of it could use it until it expires.
      """)

  @OptionGroup var project: AuthOptions

  func run() throws {
    CoreFile.forbid()
    let session = UserSession(
      settings: try project.settings(), transport: project.transport(), now: AuthOptions.now)
    switch try AuthOptions.run({ () async throws(CredentialsError) in try await session.signOut() }) {
    case .nobody: print("nobody is signed in")
    case .done(let user): print("\(ObjectText.printable(user.name)) is signed out")
    case .notRevoked(let user, let reason):
      throw CommandFailure(
        "\(ObjectText.printable(user.name)) is signed out here, but the sign-in could not be revoked (\(reason)): copies of it "
          + "work until they expire")
    }
  }
}
