// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

@testable import Credentials

@Suite struct ProfilePlanTests {
  private static let keys = "aws_access_key_id = A\naws_secret_access_key = S\n"
  private static let fixed = ProfilePlan.fixed(AWSCredentials(accessKeyID: "A", secretAccessKey: "S"))
  private static let role = AssumedRole(arn: "arn:r")

  private func plan(_ text: String, _ profile: String = "p") throws -> ProfilePlan? {
    try ProfilePlan(
      profile: profile,
      in: SharedConfiguration(
        configuration: SharedFile(path: "c", text: text), credentials: SharedFile(path: "d", text: "")))
  }

  static let plans: [(String, ProfilePlan?)] = [
    ("[profile p]\nregion = x", nil),
    ("[profile p]\n" + keys, fixed),
    (
      "[profile p]\n" + keys + "aws_session_token = T",
      .fixed(AWSCredentials(accessKeyID: "A", secretAccessKey: "S", sessionToken: "T"))
    ),
    ("[profile p]\ncredential_process = run 'a b'", .process(commandLine: "run 'a b'", profile: "p")),
    ("[profile p]\ncredential_process = run\n" + keys, fixed),
    ("[profile p]\nrole_arn = arn:r\nsource_profile = q\n[profile q]\n" + keys, .assume(role, from: fixed)),
    // The role comes before the keys of the same profile...
    ("[profile p]\nrole_arn = arn:r\nsource_profile = q\n" + keys + "[profile q]\n" + keys, .assume(role, from: fixed)),
    // ... except when the profile is a source, perhaps its own.
    ("[profile p]\nrole_arn = arn:r\nsource_profile = p\n" + keys, .assume(role, from: fixed)),
    (
      "[profile p]\nrole_arn = arn:r\nsource_profile = q\n[profile q]\nrole_arn = arn:s\nsource_profile = z\n" + keys,
      .assume(role, from: fixed)
    ),
    (
      "[profile p]\nrole_arn = arn:r\nsource_profile = q\n[profile q]\nrole_arn = arn:s\nsource_profile = t\n[profile t]\n"
        + keys,
      .assume(role, from: .assume(AssumedRole(arn: "arn:s"), from: fixed))
    ),
    (
      "[profile p]\nrole_arn = arn:r\nrole_session_name = me\nexternal_id = x\nduration_seconds = 900\n"
        + "credential_source = Environment",
      .assume(AssumedRole(arn: "arn:r", sessionName: "me", externalID: "x", duration: 900), from: .environment)
    ),
    ("[profile p]\nrole_arn = arn:r\ncredential_source = EcsContainer", .assume(role, from: .container)),
    ("[profile p]\nrole_arn = arn:r\ncredential_source = Ec2InstanceMetadata", .assume(role, from: .instance)),
    ("[profile p]\nrole_arn = arn:r\nweb_identity_token_file = /t", .webIdentity(role, tokenFile: "/t")),
    (
      "[profile p]\nrole_arn = arn:r\nsource_profile = q\n[profile q]\ncredential_process = run",
      .assume(role, from: .process(commandLine: "run", profile: "q"))
    ),
  ]

  @Test(arguments: plans) func says(text: String, expected: ProfilePlan?) throws {
    #expect(try plan(text) == expected)
  }

  @Test(arguments: [
    ("[default]\n" + keys, "profile 'p' is neither in"),
    ("[profile p]\naws_access_key_id = A", "has aws_access_key_id but no aws_secret_access_key"),
    ("[profile p]\naws_secret_access_key = hidden!", "has aws_secret_access_key but no aws_access_key_id"),
    ("[profile p]\nsso_session = s", "credential_process = aws configure export-credentials --profile p"),
    ("[profile p]\nsso_start_url = s", "credential_process = aws configure export-credentials --profile p"),
    ("[profile p]\nlogin_session = s", "credential_process = aws configure export-credentials --profile p"),
    ("[profile p]\nrole_arn = r", "neither source_profile"),
    ("[profile p]\nrole_arn = r\nsource_profile = q", "profile 'q' is neither in"),
    ("[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]", "profile 'q', source_profile of 'p', has no"),
    ("[profile p]\nrole_arn = r\nsource_profile = p", "source_profile goes in a circle: p, p"),
    (
      "[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\nrole_arn = r\nsource_profile = p",
      "source_profile goes in a circle: p, q, p"
    ),
    ("[profile p]\nrole_arn = r\nsource_profile = q\ncredential_source = Environment", "both source_profile and"),
    ("[profile p]\nrole_arn = r\ncredential_source = Elsewhere", "is none of Environment"),
    ("[profile p]\nrole_arn = r\nsource_profile = q\nmfa_serial = m\n[profile q]\n" + keys, "MFA"),
    ("[profile p]\nrole_arn = r\nsource_profile = q\nduration_seconds = 1h\n[profile q]\n" + keys, "duration_seconds"),
  ]) func refusals(text: String, expected: String) throws {
    let error = try #require(throws: CredentialsError.self) { try plan(text) }
    #expect(error.message.contains(expected), "\(error)")
    #expect(!error.message.contains("hidden!"))
    #expect(!error.isTransient)
  }
}
