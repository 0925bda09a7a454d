// SPDX-License-Identifier: Apache-2.0
//
// What a request shows of who makes it (AppSync Developer Guide, "Configuring authorization and authentication"). No state of its
// own: keys, tokens and credentials come from where they are kept, for each request. What can go wrong: there are none.

package import Credentials
import HTTPTransport
import SigV4

/// How requests to AppSync show who makes them.
public struct AppSyncAuthorization: Sendable {
  /// The ways of an Amplify project that work here.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// The key of the file, which everybody has who has the app.
    case apiKey
    /// The token of whoever has signed in with `pail auth sign-in`.
    case userPool
    /// A signature: of the identity pool's user or guest where the project has such a pool, else of the credentials that the AWS
    /// tools find.
    case iam
  }

  private enum Source: Sendable {
    case apiKey(String)
    case userPool(@Sendable () async throws(CredentialsError) -> String)
    case iam(any CredentialsProvider, Signer)
  }

  private let source: Source

  public var mode: Mode {
    switch source {
    case .apiKey: .apiKey
    case .userPool: .userPool
    case .iam: .iam
    }
  }

  package static func apiKey(_ key: String) -> AppSyncAuthorization { AppSyncAuthorization(source: .apiKey(key)) }

  /// - Parameter accessToken: asked once a request.
  package static func userPool(
    _ accessToken: @escaping @Sendable () async throws(CredentialsError) -> String
  ) -> AppSyncAuthorization {
    AppSyncAuthorization(source: .userPool(accessToken))
  }

  package static func iam(_ credentials: any CredentialsProvider, region: String) -> AppSyncAuthorization {
    AppSyncAuthorization(source: .iam(credentials, Signer(service: "appsync", region: region)))
  }

  /// Adds its header fields to a request.
  ///
  /// - Parameter time: seconds since 1970, by the service's clock as far as it is known.
  /// - Returns: the credentials of a signature.
  func authorize(
    _ headers: inout HTTPHeaders, to endpoint: AppSyncEndpoint, body: [UInt8], at time: Int64
  ) async throws(CredentialsError) -> AWSCredentials? {
    switch source {
    case .apiKey(let key):
      headers.append("x-api-key", key)
    case .userPool(let accessToken):
      // Without "Bearer": so do the Amplify libraries, and AppSync strips it where it is there.
      headers.append("authorization", try await accessToken())
    case .iam(let provider, let signer):
      let credentials = try await provider.credentials()
      let signable = SignableRequest(
        method: HTTPMethod.post.rawValue, host: endpoint.host, path: endpoint.path, headers: headers.fields,
        payload: .of(body))
      for field in signer.sign(signable, with: credentials, at: time) { headers.append(field.name, field.value) }
      return credentials
    }
    return nil
  }

  /// The service does not take these any more.
  func invalidate(_ rejected: AWSCredentials) async {
    if case .iam(let provider, _) = source { await provider.invalidate(rejected) }
  }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension AppSyncAuthorization: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "AppSyncAuthorization(\(mode.rawValue), hidden)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["mode": mode]) }
}
