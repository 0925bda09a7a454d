// SPDX-License-Identifier: Apache-2.0
//
// What a profile says about getting credentials, decided before anything is read, run or asked. A profile may build on
// another (`source_profile`), so the plan nests; a circle is an error. Pure, tested by a table.
// Sources: AWS SDKs and Tools Reference Guide, "Assume role credential provider", "Settings reference"; where it leaves
// something open, what botocore does.

import SigV4

indirect enum ProfilePlan: Equatable, Sendable {
  case fixed(AWSCredentials)
  case process(commandLine: String, profile: String)
  case webIdentity(AssumedRole, tokenFile: String)
  case assume(AssumedRole, from: ProfilePlan)
  /// `credential_source`.
  case environment
  case container
  case instance

  /// - Returns: nil when the profile says nothing of credentials.
  /// - Throws: when what it says cannot work.
  init?(profile name: String, in configuration: SharedConfiguration) throws(CredentialsError) {
    guard let plan = try ProfilePlan.make(name, configuration, visited: []) else { return nil }
    self = plan
  }

  private static func make(
    _ name: String, _ configuration: SharedConfiguration, visited: [String]
  ) throws(CredentialsError) -> ProfilePlan? {
    let values = try configuration.section(of: name).values
    // As a source, keys of a profile come before its role: that is how a profile can be its own source.
    if !visited.isEmpty, let fixed = try keys(name, values) { return fixed }
    if visited.contains(name) {
      throw CredentialsError("source_profile goes in a circle: \((visited + [name]).joined(separator: ", "))")
    }
    if let arn = values["role_arn"].nonEmpty {
      return try role(arn, name, values, configuration, visited: visited + [name])
    }
    if let fixed = try keys(name, values) { return fixed }
    if let commandLine = values["credential_process"].nonEmpty {
      return .process(commandLine: commandLine, profile: name)
    }
    if values.keys.contains(where: { $0.hasPrefix("sso_") || $0 == "login_session" }) {
      throw CredentialsError(
        "profile '\(name)' signs in through a browser, which pail cannot do: make a profile with credential_process = "
          + "aws configure export-credentials --profile \(name) --format process, and name that one with --profile")
    }
    return nil
  }

  private static func keys(_ name: String, _ values: [String: String]) throws(CredentialsError) -> ProfilePlan? {
    switch (values["aws_access_key_id"].nonEmpty, values["aws_secret_access_key"].nonEmpty) {
    case (.some(let id), .some(let secret)):
      return .fixed(
        AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: values["aws_session_token"].nonEmpty))
    case (.none, .none): return nil
    case (.some, .none): throw CredentialsError("profile '\(name)' has aws_access_key_id but no aws_secret_access_key")
    case (.none, .some): throw CredentialsError("profile '\(name)' has aws_secret_access_key but no aws_access_key_id")
    }
  }

  private static func role(
    _ arn: String, _ name: String, _ values: [String: String], _ configuration: SharedConfiguration, visited: [String]
  ) throws(CredentialsError) -> ProfilePlan {
    var role = AssumedRole(arn: arn, sessionName: values["role_session_name"].nonEmpty)
    role.externalID = values["external_id"].nonEmpty
    if let text = values["duration_seconds"].nonEmpty {
      guard let seconds = Int(text), seconds > 0 else {
        throw CredentialsError("duration_seconds of profile '\(name)' is not a number of seconds")
      }
      role.duration = seconds
    }
    if values["mfa_serial"].nonEmpty != nil {
      throw CredentialsError(
        "profile '\(name)' wants a code of an MFA device, which pail cannot ask for: make a profile with "
          + "credential_process = aws configure export-credentials --profile \(name) --format process, and name that one"
      )
    }
    switch (values["source_profile"].nonEmpty, values["credential_source"].nonEmpty) {
    case (.some, .some):
      throw CredentialsError("profile '\(name)' has both source_profile and credential_source; keep one")
    case (.some(let source), .none):
      guard let plan = try make(source, configuration, visited: visited) else {
        throw CredentialsError("profile '\(source)', source_profile of '\(name)', has no credentials")
      }
      return .assume(role, from: plan)
    case (.none, .some(let source)): return .assume(role, from: try credentialSource(source, name))
    case (.none, .none):
      if let file = values["web_identity_token_file"].nonEmpty { return .webIdentity(role, tokenFile: file) }
      throw CredentialsError(
        "profile '\(name)' has role_arn but neither source_profile, credential_source nor web_identity_token_file")
    }
  }

  private static func credentialSource(_ text: String, _ name: String) throws(CredentialsError) -> ProfilePlan {
    switch text {
    case "Environment": return .environment
    case "EcsContainer": return .container
    case "Ec2InstanceMetadata": return .instance
    default:
      throw CredentialsError(
        "credential_source of profile '\(name)' is none of Environment, EcsContainer, Ec2InstanceMetadata")
    }
  }
}
