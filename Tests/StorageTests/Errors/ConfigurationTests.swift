// SPDX-License-Identifier: Apache-2.0

import Foundation
import Locking
import Storage
import TestSupport
import Testing

/// Where a Storage finds what its configuration leaves out.
@Suite struct ConfigurationTests {
  @Test(arguments: StoreKind.allCases)
  func environment(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    var configuration = StorageConfiguration(bucket: fixture.bucket)
    configuration.environment = fixture.server.environment
    let storage = Storage(configuration)
    _ = try await storage.uploadData(path: "k", data: "x").result
    #expect(try await fixture.other.keys() == ["k"])
    await storage.close()
  }

  @Test(arguments: StoreKind.allCases)
  func profile(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let home = try TemporaryDirectory("home")
    try FileManager.default.createDirectory(atPath: home.path(".aws"), withIntermediateDirectories: true)
    let text = """
      [profile mine]
      region = \(fixture.server.region)
      endpoint_url = \(fixture.server.endpoint)
      aws_access_key_id = \(fixture.server.accessKeyID)
      aws_secret_access_key = \(fixture.server.secretAccessKey)
      """
    try text.write(toFile: home.path(".aws/config"), atomically: true, encoding: .utf8)
    var configuration = StorageConfiguration(bucket: fixture.bucket)
    configuration.environment = ["HOME": home.path]
    configuration.profile = "mine"
    _ = try await Storage(configuration).uploadData(path: "k", data: "x").result
    #expect(try await fixture.other.keys() == ["k"])
  }

  /// Credentials that the store calls expired are asked for anew, once.
  @Test func provider() async throws {
    let fixture = try await StorageFixture(.ministack)
    let calls = Lock(0)
    let server = fixture.server
    let storage = fixture.another {
      $0.credentials = .provider {
        calls.withLock { $0 += 1 }
        return StorageCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)
      }
    }.storage
    for _ in 0..<3 { _ = try await storage.uploadData(path: "k", data: "x").result }
    #expect(calls.withLock { $0 } == 1)
  }

  @Test(arguments: StoreKind.allCases)
  func manyBuckets(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "abc")
    // More than are kept.
    for number in 0..<80 {
      let options = StorageOptions(bucket: .bucket(name: fixture.bucket, region: "region-\(number)"))
      _ = try? await fixture.storage.getProperties(path: "k", options: options)
    }
    #expect(try await fixture.storage.getProperties(path: "k").size == 3)
  }

  @Test(arguments: StoreKind.allCases)
  func caFile(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let front = try await BlockingWork.run { [port = fixture.server.port] in try LoopbackTLSFront(target: port) }
    defer { front.stop() }
    var configuration = fixture.configuration
    configuration.endpointURL = "https://127.0.0.1:\(front.port)"
    let stranger = Storage(configuration)
    let error = await #expect(throws: StorageError.self) {
      try await stranger.uploadData(path: "k", data: "x").result
    }
    #expect(error?.name == "NetworkError" && error?.message.contains("certificate") == true)
    configuration.caFile = front.certificateFile
    _ = try await Storage(configuration).uploadData(path: "k", data: "x").result
    #expect(try await fixture.other.keys() == ["k"])
  }

  @Test func secretsOfTheEnvironmentAreNotShown() {
    var configuration = StorageConfiguration(bucket: "b")
    configuration.environment = ["AWS_SECRET_ACCESS_KEY": "SECRET"]
    var text = "\(configuration) \(String(reflecting: configuration))"
    dump(configuration, to: &text)
    #expect(!text.contains("SECRET"))
  }

  @Test func closeTwice() async throws {
    let storage = Storage(.example)
    await storage.close()
    await storage.close()
    let error = await #expect(throws: StorageError.self) { try await storage.uploadData(path: "k", data: "x").result }
    #expect(error?.name == "StorageIsClosed")
  }
}
