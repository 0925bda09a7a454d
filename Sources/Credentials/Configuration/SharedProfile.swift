// SPDX-License-Identifier: Apache-2.0

/// What a profile of the shared files says of the store: region, endpoint and addressing.
package struct SharedProfile: Sendable, Equatable {
  package let name: String
  package let region: String?
  /// `endpoint_url` of the profile's `services` section for `s3`, or else of the profile itself.
  package let endpointURL: String?
  /// `addressing_style` below `s3 =`.
  package let addressing: StoreSettings.Addressing?
  /// The same as `endpointURL`, for STS.
  let stsEndpointURL: String?

  init(name: String, in configuration: SharedConfiguration) {
    let section = configuration.profiles[name] ?? SharedSection()
    let services = section.values["services"].flatMap { configuration.services[$0] }
    self.name = name
    region = section.values["region"].nonEmpty
    let general = section.values["endpoint_url"].nonEmpty
    endpointURL = services?.nested["s3"]?["endpoint_url"].nonEmpty ?? general
    stsEndpointURL = services?.nested["sts"]?["endpoint_url"].nonEmpty ?? general
    addressing = section.nested["s3"]?["addressing_style"].flatMap(StoreSettings.Addressing.init(rawValue:))
  }

  /// The name of the profile to use: as given, `AWS_PROFILE`, or `default`.
  static func name(explicit: String?, environment: AWSEnvironment) -> String {
    explicit ?? environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? "default"
  }

  /// Reads the shared files.
  ///
  /// - Parameter explicit: the profile that the user named; nil takes `AWS_PROFILE`, then `default`.
  /// - Returns: the profile, without any setting when no profile was named and there is no default one.
  /// - Throws: when a named profile does not exist; the message lists what is wrong with the files.
  package static func load(
    explicit: String? = nil, environment: AWSEnvironment
  ) async throws(CredentialsError) -> SharedProfile {
    let configuration = await SharedConfiguration.load(environment)
    let name = name(explicit: explicit, environment: environment)
    let isNamed = explicit != nil || environment["AWS_PROFILE"] != nil || environment["AWS_DEFAULT_PROFILE"] != nil
    if isNamed { _ = try configuration.section(of: name) }
    return SharedProfile(name: name, in: configuration)
  }
}

extension SharedConfiguration {
  /// The section of a profile that must exist.
  func section(of name: String) throws(CredentialsError) -> SharedSection {
    if let section = profiles[name] { return section }
    let known = profiles.keys.sorted().prefix(8).joined(separator: ", ")
    let hint = ([known.isEmpty ? "there are no profiles" : "known: \(known)"] + problems).joined(separator: "; ")
    throw CredentialsError("profile '\(name)' is neither in ~/.aws/config nor in ~/.aws/credentials (\(hint))")
  }
}

extension Optional where Wrapped == String {
  /// nil for an empty text too.
  var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
