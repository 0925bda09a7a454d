// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs
@testable import Credentials

@Suite("Where the pools are")
struct CognitoSettingsTests {
  private func settings(
    _ variables: [String: String] = [:], pool: String = "eu-west-1_AbC", client: String = "client",
    identityPool: String? = "us-east-2:1-2"
  ) throws -> CognitoSettings {
    try CognitoSettings(
      auth: AmplifyOutputs.Auth(
        region: "ap-south-1", userPoolID: pool, userPoolClientID: client, identityPoolID: identityPool,
        allowsGuests: false, groups: []),
      environment: AWSEnvironment(variables: variables, homeDirectory: "/home/me"))
  }

  @Test("in the regions of their ids, unless the environment says otherwise")
  func endpoints() throws {
    let plain = try settings()
    #expect(plain.userPoolEndpoint.url == "https://cognito-idp.eu-west-1.amazonaws.com/")
    #expect(plain.identityPoolEndpoint?.url == "https://cognito-identity.us-east-2.amazonaws.com/")
    #expect(plain.loginProvider == "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC")
    #expect(plain.poolName == "AbC")
    let china = try settings(pool: "cn-north-1_AbC")
    #expect(china.userPoolEndpoint.url == "https://cognito-idp.cn-north-1.amazonaws.com.cn/")
    let both = try settings([
      "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_COGNITO_IDENTITY": "http://[::1]:2/x",
    ])
    #expect(both.userPoolEndpoint.url == "http://127.0.0.1:1/")
    #expect(both.identityPoolEndpoint?.url == "http://[::1]:2/x")
    let own = try settings([
      "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "https://idp.test",
    ])
    #expect(own.userPoolEndpoint.url == "https://idp.test/")
    let ignored = try settings(["AWS_ENDPOINT_URL": "http://x", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"])
    #expect(ignored.userPoolEndpoint == plain.userPoolEndpoint)
  }

  @Test("in clear on this machine only")
  func clearText() throws {
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:1", "127.255.3.4", "[::1]", "[::1]:1"] {
      #expect(throws: Never.self, "\(host)") { try settings(["AWS_ENDPOINT_URL": "http://\(host)/"]) }
    }
    for host in [
      "pools.test", "10.0.0.1:1", "127.0.0.1.test", "127.test", "0127.0.0.1", "128.0.0.1", "[::2]", "[::1%25x]:1",
      "localhost.test",
    ] {
      let error = #expect(throws: CredentialsError.self, "\(host)") {
        try settings(["AWS_ENDPOINT_URL": "http://\(host)/"])
      }
      #expect(error?.message.hasSuffix("readable on the way: use https") == true, "\(host)")
      #expect(throws: Never.self, "\(host)") { try settings(["AWS_ENDPOINT_URL": "https://\(host)/"]) }
    }
  }

  @Test("tokens are kept in the state directory")
  func directory() throws {
    #expect(try settings().stateDirectory == "/home/me/.local/state/pail")
    #expect(try settings(["XDG_STATE_HOME": "/state"]).stateDirectory == "/state/pail")
    #expect(try settings(["XDG_STATE_HOME": "relative"]).stateDirectory == "/home/me/.local/state/pail")
  }

  @Test("ids that could lead elsewhere are refused")
  func ids() {
    for pool in ["", "eu-west-1", "eu-west-1_", "_x", "a_b_c", "../x_y", "eu-west-1_a/b", "eu.evil.test/_x"] {
      #expect(throws: CredentialsError.self, "\(pool)") { try settings(pool: pool) }
    }
    for client in ["", "a/b", "..", "a b"] {
      #expect(throws: CredentialsError.self, "\(client)") { try settings(client: client) }
    }
    for pool in ["", "x", ":", "a:b:c", "evil.test/:x"] {
      #expect(throws: CredentialsError.self, "\(pool)") { try settings(identityPool: pool) }
    }
    #expect(throws: CredentialsError.self) { try settings(["AWS_ENDPOINT_URL": "localhost:1"]) }
  }
}
