// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import TestSupport
import Testing

/// What a Storage takes from `amplify_outputs.json`, before any request.
@Suite struct AmplifyConfigurationTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory("amplify") }

  private static let auth =
    #""auth":{"aws_region":"eu-west-1","user_pool_id":"eu-west-1_Ab","user_pool_client_id":"c1"},"#
  private static let storage = """
    "storage":{"aws_region":"eu-west-1","bucket_name":"app-gallery-xyz","buckets":[
      {"name":"archive","bucket_name":"app-archive-xyz","aws_region":"us-east-2"},
      {"name":"gallery","bucket_name":"app-gallery-xyz","aws_region":"eu-west-1"}]}
    """

  private func file(_ members: String) throws -> String {
    let path = directory.path("amplify_outputs.json")
    try "{\"version\":\"1.4\",\(members)}".write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test func bucketsAndRegions() throws {
    let configuration = try StorageConfiguration(amplifyOutputs: file(Self.auth + Self.storage))
    #expect(
      configuration.buckets == [
        "archive": .init(name: "app-archive-xyz", region: "us-east-2"),
        "gallery": .init(name: "app-gallery-xyz", region: "eu-west-1"),
      ])
    #expect(configuration.defaultBucket == .named("gallery"))
  }

  @Test func unknownNames() async throws {
    let storage = try Storage(amplifyOutputs: file(Self.auth + Self.storage), user: .guest)
    let error = await #expect(throws: StorageError.self) {
      try await storage.list(path: "images/", options: ListOptions(bucket: "galery"))
    }
    #expect(error?.name == "InvalidStorageBucket" && error?.message.contains("there are: archive, gallery") == true)
  }

  @Test func wrongFiles() throws {
    let missing = #expect(throws: StorageError.self) { try Storage(amplifyOutputs: directory.path("none.json")) }
    #expect(missing?.name == "InvalidAmplifyOutputs")
    #expect(missing?.message.contains("none.json: there is no such file") == true)
    let path = try file(#""storage":{"aws_region":"r","bucket_name":7}"#)
    let wrong = #expect(throws: StorageError.self) { try Storage(amplifyOutputs: path) }
    #expect(wrong?.message.hasPrefix("\(path): storage.bucket_name: expected a string, found a number") == true)
    let empty = try file(#""custom":{}"#)
    let none = #expect(throws: StorageError.self) { try Storage(amplifyOutputs: empty) }
    #expect(none?.message.hasPrefix("\(empty): storage: is missing") == true)
  }

  @Test func withoutAuth() async throws {
    let storage = try Storage(amplifyOutputs: file(Self.storage))
    let error = await #expect(throws: StorageError.self) { try await storage.list(path: "images/") }
    #expect(error?.name == "NoCredentials" && error?.message.contains("defineAuth") == true)
    let identity = await #expect(throws: StorageError.self) {
      try await storage.list(path: .identity { "private/\($0)/" })
    }
    #expect(identity?.name == "NoCredentials" && identity?.message.contains("defineAuth") == true)
  }

  /// Whoever has other credentials keeps the buckets.
  @Test func otherCredentials() async throws {
    let fixture = try await StorageFixture(.ministack)
    let path = try file(
      """
      "storage":{"aws_region":"\(fixture.server.region)","bucket_name":"\(fixture.bucket)","buckets":[
        {"name":"mine","bucket_name":"\(fixture.bucket)","aws_region":"\(fixture.server.region)"}]}
      """)
    var configuration = try StorageConfiguration(amplifyOutputs: path)
    configuration.credentials = fixture.server.credentials
    configuration.endpointURL = fixture.server.endpoint
    configuration.environment = [:]
    configuration.identityID = { "me" }
    let storage = Storage(configuration)
    _ = try await storage.uploadData(path: .identity { "own/\($0)/a" }, data: "x", options: .init(bucket: "mine"))
      .result
    #expect(try await fixture.other.keys() == ["own/me/a"])
    await storage.close()
  }
}
