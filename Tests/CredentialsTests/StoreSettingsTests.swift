// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Credentials

@Suite struct StoreSettingsTests {
  private let home: TestHome

  init() throws { home = try TestHome() }

  @Test func profileAndEnvironmentAndOptions() async throws {
    try home.write(
      ".aws/config",
      """
      [default]
      region = eu-west-1
      endpoint_url = http://general
      s3 =
        addressing_style = path
      [profile services]
      services = local
      endpoint_url = http://general
      [services local]
      s3 =
        endpoint_url = http://s3
      sts =
        endpoint_url = http://sts
      [profile odd]
      s3 =
        addressing_style = sideways
      """)
    let plain = home.environment()
    let profile = try await SharedProfile.load(environment: plain)
    #expect(profile.region == "eu-west-1")
    #expect(
      StoreSettings.resolve(options: StoreSettings(), environment: plain, profile: profile)
        == StoreSettings(region: "eu-west-1", endpointURL: "http://general", addressing: .path))

    let variables = home.environment([
      "AWS_DEFAULT_REGION": "r2", "AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_STS": "http://envsts",
    ])
    #expect(
      StoreSettings.resolve(options: StoreSettings(), environment: variables, profile: profile)
        == StoreSettings(region: "r2", endpointURL: "http://all", addressing: .path))
    #expect(StoreSettings.stsEndpoint(environment: variables, profile: profile) == "http://envsts")

    let more = home.environment([
      "AWS_DEFAULT_REGION": "r2", "AWS_REGION": "r1", "AWS_ENDPOINT_URL": "http://all",
      "AWS_ENDPOINT_URL_S3": "http://envs3",
    ])
    #expect(
      StoreSettings.resolve(options: StoreSettings(), environment: more, profile: profile)
        == StoreSettings(region: "r1", endpointURL: "http://envs3", addressing: .path))
    #expect(StoreSettings.stsEndpoint(environment: more, profile: profile) == "http://all")
    let options = StoreSettings(region: "o", endpointURL: "http://o", addressing: .virtualHost)
    #expect(StoreSettings.resolve(options: options, environment: more, profile: profile) == options)

    let services = try await SharedProfile.load(explicit: "services", environment: plain)
    #expect(services.endpointURL == "http://s3")
    #expect(services.stsEndpointURL == "http://sts")
    let odd = try await SharedProfile.load(environment: home.environment(["AWS_PROFILE": "odd"]))
    #expect(odd == SharedProfile(name: "odd", in: await SharedConfiguration.load(plain)))
    #expect(odd.addressing == nil)

    let ignoring = home.environment([
      "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True", "AWS_ENDPOINT_URL": "http://all",
    ])
    #expect(StoreSettings.resolve(options: StoreSettings(), environment: ignoring, profile: profile).endpointURL == nil)
    #expect(StoreSettings.stsEndpoint(environment: ignoring, profile: profile) == nil)
  }

  @Test func filesElsewhere() async throws {
    try home.write("elsewhere", "[profile p]\nregion = x")
    let environment = home.environment(["AWS_CONFIG_FILE": "~/elsewhere", "AWS_PROFILE": "p"])
    #expect(try await SharedProfile.load(environment: environment).region == "x")
  }

  @Test func nothingAtAll() async throws {
    let profile = try await SharedProfile.load(environment: home.environment())
    #expect(profile.name == "default")
    #expect(
      StoreSettings.resolve(options: StoreSettings(), environment: home.environment(), profile: profile)
        == StoreSettings())
  }

  @Test func namedProfilesMustExist() async throws {
    try home.write(".aws/config", "[profile known]\nregion = x\nnonsense")
    for (explicit, variables) in [("gone", [:]), (nil, ["AWS_PROFILE": "gone"])] {
      let error = try await #require(throws: CredentialsError.self) {
        try await SharedProfile.load(explicit: explicit, environment: home.environment(variables))
      }
      #expect(error.message.contains("'gone'"))
      #expect(error.message.contains("known: known"))
      #expect(error.message.contains("line 3"))
    }
  }

  @Test func hugeFilesAreNotRead() async throws {
    try home.write(".aws/config", "[default]\nregion = x\n" + String(repeating: "# comment\n", count: 110_000))
    let configuration = await SharedConfiguration.load(home.environment())
    #expect(configuration.profiles.isEmpty)
    #expect(configuration.problems.count == 1)
    #expect(configuration.problems.first?.contains("too large") == true)
  }
}
