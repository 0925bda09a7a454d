// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
import Credentials
import Foundation
import HTTPTransport
import Locking
import Storage
import TestSupport
import Testing

/// A machine on which nobody has signed in to the sandbox yet, whose objects these tests may change.
struct AmplifyProject {
  let sandbox: AmplifySandbox
  private let home: TemporaryDirectory
  private let transport = WatchedTransport()

  private static let homes = Lock<[TemporaryDirectory]>([])

  private static let started = Task { try await AmplifySandbox.start() }

  init() async throws {
    sandbox = try await Self.started.value
    home = try TemporaryDirectory("home")
    // A Storage may outlive the project that it was made by, and write there.
    Self.homes.withLock { [home] in $0.append(home) }
  }

  func configuration(user: StorageUser) throws(StorageError) -> StorageConfiguration {
    var configuration = try StorageConfiguration(amplifyOutputs: sandbox.outputsPath, user: user)
    configuration.environment = environment
    return configuration
  }

  func storage(user: StorageUser) throws(StorageError) -> Storage {
    Storage(try configuration(user: user), transport: transport)
  }

  /// What `pail auth sign-in` does.
  func signIn(_ name: String) async throws {
    let user = try sandbox.user(name)
    let outputs = try AmplifyOutputs.load(path: sandbox.outputsPath)
    let settings = try CognitoSettings(
      auth: try #require(outputs.auth), environment: AWSEnvironment(variables: environment, homeDirectory: home.path))
    let password = try String(contentsOfFile: user.passwordFile, encoding: .utf8)
    _ = try await SignIn(settings: settings, transport: transport, now: { Int64(Date().timeIntervalSince1970) }).run(
      user: user.username, password: Secret(password.trimmingCharacters(in: .newlines)), options: SignInOptions(),
      dialogue: Nobody())
  }

  private var environment: [String: String] {
    sandbox.environment.merging(["HOME": home.path, "XDG_STATE_HOME": home.path("state")]) { $1 }
  }

  private struct Nobody: SignInDialogue {
    func answer(_ question: SignInQuestion) async throws(CredentialsError) -> Secret? { nil }
  }
}
