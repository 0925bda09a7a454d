// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials
import Foundation

struct WhoAmICommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Show as whom the project is used: a user or a guest.",
    discussion: "Exit code 1 when nobody is signed in and the project allows no guests.")

  @OptionGroup var project: AuthOptions

  @Flag(help: "Print a JSON object.")
  var json = false

  private struct Answer: Encodable {
    struct User: Encodable {
      var name: String
      var sub: String
      var groups: [String]
    }

    var userPoolID: String
    var user: User?
    var isGuest: Bool
    var identityID: String?
    /// Of the tokens that are there; they are renewed.
    var expiresAt: Date?
  }

  func run() throws {
    CoreFile.forbid()
    let settings = try project.settings()
    let transport = project.transport()
    let answer = try AuthOptions.run { () async throws(CredentialsError) in
      let session = UserSession(settings: settings, transport: transport, now: AuthOptions.now)
      let credentials = CognitoCredentials(
        settings: settings, access: .automatic, transport: transport, now: AuthOptions.now)
      let isGuest = try await session.user() == nil && settings.allowsGuests
      let tokens = isGuest ? nil : try await session.tokens()
      let identity = settings.identityPoolID == nil ? nil : try await credentials.identity()
      return Answer(
        userPoolID: settings.userPoolID,
        user: tokens.map { Answer.User(name: $0.user.name, sub: $0.user.sub, groups: $0.user.groups) },
        isGuest: isGuest, identityID: identity?.identityID,
        expiresAt: tokens.map { Date(timeIntervalSince1970: Double($0.expiration)) })
    }
    print(json ? try JSONLine.text(answer) : WhoAmICommand.text(answer))
  }

  private static func text(_ answer: Answer) -> String {
    var lines: [(String, String)] = []
    if let user = answer.user {
      lines = [("User", user.name), ("Sub", user.sub)]
      if !user.groups.isEmpty { lines.append(("Groups", user.groups.joined(separator: ", "))) }
    } else {
      lines = [("User", "nobody is signed in: a guest")]
    }
    if let identity = answer.identityID { lines.append(("Identity", identity)) }
    if let end = answer.expiresAt { lines.append(("Expires", "\(ObjectText.time(end)) UTC, then renewed")) }
    return lines.map { "\(ObjectText.padded($0.0 + ":", 10))\(ObjectText.printable($0.1))" }.joined(separator: "\n")
  }
}
