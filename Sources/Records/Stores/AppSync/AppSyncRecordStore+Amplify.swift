// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
package import Credentials
import FoundationEssentials
import HTTPTransport
import Logging
public import Storage

extension AppSyncRecordStore {
  /// The data service of an Amplify project. Reads the file at once, and makes no request.
  ///
  /// - Parameters:
  ///   - path: of the project's `amplify_outputs.json`.
  ///   - authorization: how requests show who makes them; nil for the project's default.
  ///   - user: as whom, unless it is by the API key.
  /// - Throws: "InvalidSchema", with the place in the file; "Unauthorized" for a way of authorization that the file does not have
  ///   what it takes for.
  public convenience init(
    amplifyOutputs path: String, authorization: AppSyncAuthorization.Mode? = nil, user: StorageUser = .automatic
  ) throws(RecordError) {
    try self.init(amplifyOutputs: path, authorization: authorization, user: user, environment: .process)
  }

  /// - Parameter environment: where AWS tools find credentials, and where the state of sign-ins is.
  package convenience init(
    amplifyOutputs path: String, authorization mode: AppSyncAuthorization.Mode?, user: StorageUser,
    environment: AWSEnvironment
  ) throws(RecordError) {
    let outputs: AmplifyOutputs
    do throws(AmplifyOutputsError) { outputs = try AmplifyOutputs.load(path: path) } catch {
      throw RecordError(.invalidSchema, error.description, remedy: AppSyncRecordStore.fileRemedy)
    }
    guard let data = outputs.data else {
      throw RecordError(
        .invalidSchema, "\(path): data: is missing: the project has no data service",
        remedy: "Add one with defineData, and write the file again with `npx ampx generate outputs`.")
    }
    let endpoint = try AppSyncEndpoint(data.url)
    let chosen: AppSyncAuthorization.Mode
    if let mode { chosen = mode } else { chosen = try AppSyncRecordStore.mode(data.defaultAuthorization) }
    let clock = AppSyncClock.system
    let transport = CurlTransport(logger: Logger(label: "pail.records") { _ in SwiftLogNoOpLogHandler() })
    let authorization: AppSyncAuthorization
    do throws(CredentialsError) {
      authorization = try AppSyncAuthorization(
        chosen, of: outputs, data, user: user, environment: environment, transport: transport, now: clock.now)
    } catch {
      throw RecordError(.unauthorized, "\(path): \(error.message)", remedy: AppSyncRecordStore.fileRemedy)
    }
    self.init(
      endpoint, authorization: authorization, transport: transport, ownTransport: transport, clock: clock)
  }

  private static let fileRemedy = "Correct the file, or write it again with `npx ampx generate outputs`."

  private static func mode(
    _ mode: AmplifyOutputs.AuthorizationMode
  ) throws(RecordError) -> AppSyncAuthorization.Mode {
    switch mode {
    case .apiKey: .apiKey
    case .userPool: .userPool
    case .iam: .iam
    case .lambda, .oidc:
      throw RecordError(
        .unauthorized, "the project's default authorization is \(mode.rawValue), which does not work here",
        remedy: "Choose one of \(AppSyncAuthorization.Mode.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
  }
}

extension AppSyncAuthorization {
  /// - Throws: when the file does not have what it takes.
  fileprivate init(
    _ mode: Mode, of outputs: AmplifyOutputs, _ data: AmplifyOutputs.Data, user: StorageUser,
    environment: AWSEnvironment, transport: any HTTPTransport, now: @escaping @Sendable () -> Int64
  ) throws(CredentialsError) {
    let access: CognitoAccess =
      switch user {
      case .automatic: .automatic
      case .signedIn: .signedIn
      case .guest: .guest
      }
    switch mode {
    case .apiKey:
      guard let key = data.apiKey else {
        throw CredentialsError("data.api_key: is missing, and requests are to show it")
      }
      self = .apiKey(key)
    case .userPool:
      guard let auth = outputs.auth else {
        throw CredentialsError("auth: is missing, and requests are to show the token of who has signed in")
      }
      let credentials = CognitoCredentials(
        settings: try CognitoSettings(auth: auth, environment: environment), access: access, transport: transport,
        now: now)
      self = .userPool { () async throws(CredentialsError) in try await credentials.userTokens().accessToken }
    case .iam:
      guard let auth = outputs.auth, auth.identityPoolID != nil else {
        self = .iam(
          DefaultCredentials(environment: environment, transport: transport, now: now), region: data.region)
        return
      }
      self = .iam(
        CognitoCredentials(
          settings: try CognitoSettings(auth: auth, environment: environment), access: access, transport: transport,
          now: now), region: data.region)
    }
  }
}

extension AWSEnvironment {
  /// That of this process.
  fileprivate static var process: AWSEnvironment {
    let variables = ProcessInfo.processInfo.environment
    let home = variables["HOME"] ?? ""
    return AWSEnvironment(
      variables: variables, homeDirectory: home.isEmpty ? FileManager.default.homeDirectoryForCurrentUser.path : home)
  }
}
