// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials

struct SignInCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-in",
    abstract: "Sign in as a user of the project.",
    discussion: """
      What is not given is asked for at the terminal. A password is never an option, which anybody could read with ps: it is \
      typed without being shown, or comes from a file or an open descriptor (--password-fd 3 3< <(pass show app)).
      """)

  @OptionGroup var project: AuthOptions

  @Option(help: "User name, or what the project signs in with: an email address, a phone number.")
  var user: String?

  @Option(help: ArgumentHelp("File whose only line is the password, mode 600.", valueName: "file"), completion: .file())
  var passwordFile: String?

  @Option(help: ArgumentHelp("Open file descriptor to read the password from.", valueName: "number"))
  var passwordFd: Int32?

  @Option(help: "srp proves the password; password sends it, for app clients that want that.")
  var flow: Flow = .srp

  @Option(help: "Code of the second factor.")
  var code: String?

  @Option(
    help: ArgumentHelp("File with the new password, should one be required.", valueName: "file"), completion: .file())
  var newPasswordFile: String?

  @Option(help: ArgumentHelp("Open file descriptor to read it from.", valueName: "number"))
  var newPasswordFd: Int32?

  @Option(help: "Second factor, when there are several: totp, sms or email.")
  var mfa: Factor?

  @Option(help: ArgumentHelp("Attribute to set with the new password; may be repeated.", valueName: "name=value"))
  var attribute: [MetadataOption] = []

  enum Flow: String, ExpressibleByArgument, CaseIterable { case srp, password }
  enum Factor: String, ExpressibleByArgument, CaseIterable { case totp, sms, email }

  func validate() throws {
    for (file, descriptor) in [(passwordFile, passwordFd), (newPasswordFile, newPasswordFd)] {
      if file != nil, descriptor != nil {
        throw ValidationError("name a file or a descriptor, not both")
      }
    }
    if let passwordFd, passwordFd == newPasswordFd {
      throw ValidationError("--password-fd and --new-password-fd must be two descriptors")
    }
  }

  func run() throws {
    CoreFile.forbid()
    let settings = try project.settings()
    let newPassword = try given(newPasswordFile, newPasswordFd)
    let user = try userName()
    guard
      let password = try given(passwordFile, passwordFd)
        ?? TerminalPrompt.ask("Password of \(ObjectText.printable(user)): ", isSecret: true)
    else {
      throw CommandFailure("there is no terminal to ask for the password; use --password-file or --password-fd")
    }
    guard !password.isEmpty else { throw CommandFailure("no password was given") }
    let options = SignInOptions(
      flow: SignInOptions.Flow(rawValue: flow.rawValue) ?? .srp,
      factor: mfa.flatMap { SecondFactor(rawValue: $0.rawValue) },
      attributes: Dictionary(attribute.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
    let dialogue = TerminalDialogue(code: code.map { Secret($0) }, newPassword: newPassword)
    let transport = project.transport()
    let signedIn = try AuthOptions.run { () async throws(CredentialsError) in
      try await SignIn(settings: settings, transport: transport, now: AuthOptions.now).run(
        user: user, password: password, options: options, dialogue: dialogue)
    }
    print("signed in as \(ObjectText.printable(signedIn.name))")
  }

  private func given(_ file: String?, _ descriptor: Int32?) throws(CommandFailure) -> Secret? {
    if let file { return try SecretInput.file(file) }
    return try descriptor.map(SecretInput.descriptor)
  }

  private func userName() throws(CommandFailure) -> String {
    if let user { return user }
    guard let answer = try TerminalPrompt.ask("User name: ", isSecret: false), !answer.isEmpty else {
      throw CommandFailure("no user name was given; name one with --user")
    }
    return answer.withBytes { String(decoding: $0, as: UTF8.self) }
  }
}
