// SPDX-License-Identifier: Apache-2.0

import Credentials
import Foundation
import HTTPTransport
import Storage
import TestSupport
import Testing

@testable import Records

@Suite("AppSync of an Amplify project")
struct AppSyncConfigurationTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory("appsync") }

  private func file(
    _ mode: String = "API_KEY", url: String = AppSyncBench.url, key: String? = "da2-key", auth: Bool = false
  ) throws -> String {
    let path = directory.path("amplify_outputs.json")
    let pools =
      auth
      ? """
      "auth":{"aws_region":"eu-west-1","user_pool_id":"eu-west-1_Ab","user_pool_client_id":"c1",
        "identity_pool_id":"eu-west-1:11112222"},
      """ : ""
    try """
    {"version":"1.4",\(pools)"data":{"aws_region":"eu-west-1","url":"\(url)","authorization_types":[],
      \(key.map { "\"api_key\":\"\($0)\"," } ?? "")"default_authorization_type":"\(mode)"}}
    """.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func store(
    _ path: String, _ mode: AppSyncAuthorization.Mode? = nil, _ variables: [String: String] = [:],
    user: StorageUser = .automatic
  ) throws -> AppSyncRecordStore {
    try AppSyncRecordStore(
      amplifyOutputs: path, authorization: mode, user: user,
      environment: AWSEnvironment(
        variables: variables.merging(["AWS_EC2_METADATA_DISABLED": "true"]) { first, _ in first },
        homeDirectory: directory.path))
  }

  private func refusal(_ path: String, _ mode: AppSyncAuthorization.Mode? = nil) -> RecordError? {
    #expect(throws: RecordError.self) { try store(path, mode) }
  }

  @Test(
    "the file's default, unless another is asked for",
    arguments: [
      ("API_KEY", nil, .apiKey), ("AMAZON_COGNITO_USER_POOLS", nil, .userPool), ("AWS_IAM", nil, .iam),
      ("API_KEY", .userPool, .userPool), ("AWS_LAMBDA", .apiKey, .apiKey),
    ] as [(String, AppSyncAuthorization.Mode?, AppSyncAuthorization.Mode)])
  func modes(_ word: String, _ wanted: AppSyncAuthorization.Mode?, _ mode: AppSyncAuthorization.Mode) async throws {
    let store = try store(file(word, auth: true), wanted)
    #expect(store.client.authorization.mode == mode && store.identity == AppSyncBench.url)
    await store.close()
  }

  @Test("files that do not have what it takes")
  func missing() throws {
    #expect(refusal(directory.path("none.json"))?.code == .invalidSchema)
    let empty = directory.path("empty.json")
    try #"{"version":"1.4"}"#.write(toFile: empty, atomically: true, encoding: .utf8)
    #expect(refusal(empty)?.message.contains("data: is missing") == true)
    let key = try refusal(file(key: nil))
    #expect(key?.code == .unauthorized && key?.message.contains("data.api_key: is missing") == true)
    let pool = try refusal(file("AMAZON_COGNITO_USER_POOLS"))
    #expect(pool?.code == .unauthorized && pool?.message.contains("auth: is missing") == true)
    let lambda = try refusal(file("AWS_LAMBDA"))
    #expect(lambda?.code == .unauthorized && lambda?.recoverySuggestion.contains("apiKey, userPool, iam") == true)
  }

  @Test(
    "addresses that keys and tokens are not sent to",
    arguments: [
      "http://example.com/graphql", "http://127.0.0.1.example.com/", "http://10.0.0.1/graphql", "ftp://localhost/",
      "localhost/graphql", "https:///graphql", "https://user@example.com/", "https://example.com/graphql?x", "",
    ])
  func addresses(_ url: String) {
    let error = #expect(throws: RecordError.self) { try AppSyncEndpoint(url) }
    #expect(error?.code == .invalidSchema && error?.message.contains("the data service") == true)
  }

  @Test("addresses as they are requested and signed")
  func endpoint() throws {
    let secure = try AppSyncEndpoint("https://abc.appsync-api.eu-west-1.amazonaws.com:443/graphql")
    #expect(secure.url == AppSyncBench.url && secure.host == "abc.appsync-api.eu-west-1.amazonaws.com")
    #expect(secure.path == "/graphql")
    for host in ["localhost", "127.0.0.1", "[::1]", "127.1.2.3"] {
      let local = try AppSyncEndpoint("http://\(host):4566")
      #expect(local.url == "http://\(host):4566/" && local.host == "\(host):4566" && local.path == "/")
    }
  }

  @Test("a request that goes over a socket, by key and by signature of the environment's credentials")
  func request() async throws {
    let server = try ScriptedHTTPServer { _ in
      .answer(headers: [("Content-Type", "application/json")], body: Array(#"{"data":{"getSong":null}}"#.utf8))
    }
    defer { server.stop() }
    let path = try file(url: server.url("/v1/apis/a1/graphql"))
    let byKey = try store(path)
    #expect(try await byKey.get(AppSyncBench.song, id: "42") == nil)
    let bySignature = try store(path, .iam, ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s"])
    #expect(try await bySignature.get(AppSyncBench.song, id: "42") == nil)
    await byKey.close()
    await bySignature.close()
    let closed = await #expect(throws: RecordError.self) { try await byKey.get(AppSyncBench.song, id: "42") }
    #expect(closed?.code == .canceled)

    #expect(server.requests.map(\.method) == ["POST", "POST"])
    #expect(server.requests.map(\.target) == ["/v1/apis/a1/graphql", "/v1/apis/a1/graphql"])
    #expect(server.requests.first?.headers["x-api-key"] == "da2-key")
    #expect(server.requests.last?.headers["authorization"]?.contains("AKIDEXAMPLE/") == true)
    #expect(
      String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        == #"{"query":"query($id: ID!) { getSong(id: $id) { id name coverArtPath createdAt updatedAt } }","variables":{"id":"42"}}"#
    )
  }

  @Test("by user pool and nobody signed in: what helps")
  func nobody() async throws {
    let store = try store(file("AMAZON_COGNITO_USER_POOLS", auth: true), nil, ["XDG_STATE_HOME": directory.path])
    let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(error?.code == .unauthorized && error?.message.contains("pail auth sign-in") == true)
    await store.close()
  }
}
