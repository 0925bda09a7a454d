// SPDX-License-Identifier: Apache-2.0

extension AmplifyOutputs {
  /// The GraphQL service of a project.
  package struct Data: Sendable, Equatable {
    package var region: String
    /// Of the GraphQL endpoint.
    package var url: String
    /// For the mode `apiKey`. A kind of secret: no description shows it.
    package var apiKey: String?
    package var defaultAuthorization: AuthorizationMode
    /// Those that may be asked for instead of the default one; unknown ones are left out.
    package var additionalAuthorizations: [AuthorizationMode]
    package var modelIntrospection: ModelIntrospection?
  }

  /// How a request to the data service shows who makes it.
  package enum AuthorizationMode: String, Sendable, CaseIterable {
    case userPool = "AMAZON_COGNITO_USER_POOLS"
    case apiKey = "API_KEY"
    case iam = "AWS_IAM"
    case lambda = "AWS_LAMBDA"
    case oidc = "OPENID_CONNECT"
  }
}

// So that a log line, a crash report or `dump` cannot show the key.
extension AmplifyOutputs.Data: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String {
    "Data(\(url), \(defaultAuthorization), API key \(apiKey == nil ? "absent" : "hidden"))"
  }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
