// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
import ArgumentParser
import Credentials
import Glibc
import HTTPTransport
import Logging
import Mount

/// Which project, for every command about signing in.
struct AuthOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The project's amplify_outputs.json.", valueName: "file"), completion: .file())
  var amplify = "amplify_outputs.json"

  @Option(help: "File with the certificates to trust.", completion: .file())
  var caFile: String?

  /// Where the project's pools are.
  func settings() throws -> CognitoSettings {
    let environment = HostEnvironment.current()
    let outputs: AmplifyOutputs
    do throws(AmplifyOutputsError) {
      outputs = try AmplifyOutputs.load(path: amplify)
    } catch {
      throw CommandFailure("\(error)")
    }
    guard let auth = outputs.auth else {
      throw CommandFailure("\(amplify) has no auth section: nobody can sign in to this project")
    }
    do throws(CredentialsError) {
      return try CognitoSettings(
        auth: auth, environment: AWSEnvironment(variables: environment.variables, homeDirectory: environment.home))
    } catch {
      throw CommandFailure("\(amplify): \(error.message)")
    }
  }

  /// Logs nowhere: what is sent and received here are secrets.
  func transport() -> CurlTransport {
    CurlTransport(
      configuration: CurlTransportConfiguration(caFile: caFile),
      logger: Logger(label: "pail.auth", factory: { _ in SwiftLogNoOpLogHandler() }))
  }

  static let now: @Sendable () -> Int64 = { Int64(time(nil)) }

  /// Runs a command's work and turns its failure into one line and exit code 1.
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () async throws(CredentialsError) -> Value
  ) throws -> Value {
    // What a refresh brings must be on disk before the process ends.
    defer { UserSession.settle(seconds: 60) }
    do {
      return try AsyncRun.run { try await body() }
    } catch let error as CredentialsError {
      throw CommandFailure(error.message)
    }
  }
}
