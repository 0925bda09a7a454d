// SPDX-License-Identifier: Apache-2.0

/// Where the store is: what the options, the environment and the profile say, in this order.
package struct StoreSettings: Sendable, Equatable {
  package enum Addressing: String, Sendable {
    /// The client decides.
    case automatic = "auto"
    /// `https://host/bucket/key`.
    case path
    /// `https://bucket.host/key`.
    case virtualHost = "virtual"
  }

  package var region: String?
  /// `http://` or `https://`; nil for AWS itself.
  package var endpointURL: String?
  package var addressing: Addressing?

  package init(region: String? = nil, endpointURL: String? = nil, addressing: Addressing? = nil) {
    self.region = region
    self.endpointURL = endpointURL
    self.addressing = addressing
  }

  /// Fills what the options leave open.
  ///
  /// Region: `AWS_REGION`, `AWS_DEFAULT_REGION`, profile. Endpoint: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, profile;
  /// none of these when `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is `true`. Addressing: profile.
  /// (AWS SDKs and Tools Reference Guide, "AWS Region", "Service-specific endpoints".)
  package static func resolve(
    options: StoreSettings, environment: AWSEnvironment, profile: SharedProfile?
  ) -> StoreSettings {
    let mayConfigure = !environment.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
    let configured = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"] ?? profile?.endpointURL
    return StoreSettings(
      region: options.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? profile?.region,
      endpointURL: options.endpointURL ?? (mayConfigure ? configured : nil),
      addressing: options.addressing ?? profile?.addressing)
  }

  /// The endpoint of STS, in the same order.
  static func stsEndpoint(environment: AWSEnvironment, profile: SharedProfile?) -> String? {
    if environment.isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") { return nil }
    return environment["AWS_ENDPOINT_URL_STS"] ?? environment["AWS_ENDPOINT_URL"] ?? profile?.stsEndpointURL
  }
}
