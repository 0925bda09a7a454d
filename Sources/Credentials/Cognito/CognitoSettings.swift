// SPDX-License-Identifier: Apache-2.0

package import AmplifyOutputs

/// Where the pools of a project are, and where what they give is kept.
package struct CognitoSettings: Sendable {
  package let userPoolID: String
  package let clientID: String
  package let identityPoolID: String?
  package let allowsGuests: Bool
  /// `$XDG_STATE_HOME/pail` or `~/.local/state/pail`.
  package let stateDirectory: String
  let userPoolEndpoint: HTTPEndpoint
  let identityPoolEndpoint: HTTPEndpoint?
  /// The name of the user pool in an identity pool: the issuer of its tokens without the scheme.
  let loginProvider: String

  /// Endpoints: `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`, `AWS_ENDPOINT_URL_COGNITO_IDENTITY`, for both
  /// `AWS_ENDPOINT_URL`; none of these when `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true`; else those of AWS in the regions
  /// that the pools' ids name.
  ///
  /// - Throws: when an id or an endpoint is malformed, or an endpoint is http to another machine.
  package init(auth: AmplifyOutputs.Auth, environment: AWSEnvironment) throws(CredentialsError) {
    userPoolID = auth.userPoolID
    clientID = auth.userPoolClientID
    identityPoolID = auth.identityPoolID
    allowsGuests = auth.allowsGuests
    // These become parts of file names and host names.
    let parts = userPoolID.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ CognitoSettings.isName($0) }) else {
      throw CredentialsError("auth.user_pool_id is not of the form REGION_NAME")
    }
    guard CognitoSettings.isName(clientID[...]) else {
      throw CredentialsError("auth.user_pool_client_id has other characters than letters and digits")
    }
    let region = String(parts[0])
    loginProvider = "cognito-idp.\(region).\(CognitoSettings.suffix(region))/\(userPoolID)"
    userPoolEndpoint = try CognitoSettings.endpoint("cognito-idp", "IDENTITY_PROVIDER", region, environment)
    if let identityPoolID {
      let parts = identityPoolID.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ CognitoSettings.isName($0) }) else {
        throw CredentialsError("auth.identity_pool_id is not of the form REGION:NAME")
      }
      identityPoolEndpoint = try CognitoSettings.endpoint(
        "cognito-identity", "IDENTITY", String(parts[0]), environment)
    } else {
      identityPoolEndpoint = nil
    }
    // A relative one is invalid and to be ignored, says the XDG specification.
    let state = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    stateDirectory = (state ?? environment.homeDirectory + "/.local/state") + "/pail"
  }

  /// What follows the `_` of the user pool's id.
  var poolName: String { userPoolID.split(separator: "_").last.map(String.init) ?? userPoolID }

  private static func endpoint(
    _ service: String, _ name: String, _ region: String, _ environment: AWSEnvironment
  ) throws(CredentialsError) -> HTTPEndpoint {
    let variable = "AWS_ENDPOINT_URL_COGNITO_" + name
    let isConfigured = !environment.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    let configured = isConfigured ? environment[variable] ?? environment["AWS_ENDPOINT_URL"] : nil
    guard let endpoint = HTTPEndpoint(configured ?? "https://\(service).\(region).\(suffix(region))/") else {
      throw CredentialsError("\(variable) or AWS_ENDPOINT_URL is not a URL with http or https, a host and no query")
    }
    guard endpoint.url.hasPrefix("https:") || isLoopback(endpoint.host) else {
      throw CredentialsError(
        "\(variable) or AWS_ENDPOINT_URL is http to another machine, and passwords and tokens would be readable on the way: use "
          + "https")
    }
    return endpoint
  }

  /// Whether what is sent there stays on this machine.
  private static func isLoopback(_ host: String) -> Bool {
    if host.hasPrefix("[") { return host.prefix { $0 != "]" } == "[::1" }
    let name = host.prefix { $0 != ":" }.lowercased()
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return name == "localhost" || parts.first == "127" && parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
  }

  private static func suffix(_ region: String) -> String {
    region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
  }

  private static func isName(_ text: Substring) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || "0"..."9" ~= $0 || $0 == "-") }
  }
}
