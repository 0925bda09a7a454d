// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import TestSupport
import Testing

/// Errors of real stores, and of configurations that cannot work.
@Suite struct ServiceErrorTests {
  private func upload(_ storage: Storage, _ options: UploadOptions = UploadOptions()) async -> StorageError? {
    await #expect(throws: StorageError.self) {
      try await storage.uploadData(path: "k", data: "x", options: options).result
    }
  }

  @Test(arguments: StoreKind.allCases)
  func noSuchBucket(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    // Not an upload: SeaweedFS makes the bucket then.
    let options = ListOptions(bucket: .bucket(name: "no-such-bucket", region: "us-east-1"))
    let error = await #expect(throws: StorageError.self) { try await fixture.storage.list(path: "", options: options) }
    #expect(error?.name == "NoSuchBucket" && error?.httpStatus == 404 && error?.s3Code == "NoSuchBucket")
    #expect(error?.message.isEmpty == false && error?.recoverySuggestion?.isEmpty == false)
  }

  @Test(arguments: StoreKind.allCases)
  func wrongSecret(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let storage = fixture.another {
      $0.credentials = .static(accessKeyID: fixture.server.accessKeyID, secretAccessKey: "wrong")
    }.storage
    let error = await upload(storage)
    #expect(error?.name == "SignatureDoesNotMatch" && error?.httpStatus == 403)
    // A HEAD has no body, and so no code.
    let head = await #expect(throws: StorageError.self) { try await storage.getProperties(path: "k") }
    #expect(head?.name == "Forbidden" && head?.httpStatus == 403)
  }

  @Test func networkError() async throws {
    var configuration = StorageConfiguration.example
    // Port 1 of this machine: nobody listens.
    configuration.endpointURL = "http://127.0.0.1:1"
    let error = await upload(Storage(configuration))
    #expect(error?.name == "NetworkError" && error?.httpStatus == nil && error?.recoverySuggestion?.isEmpty == false)
  }

  private func error(_ configure: (inout StorageConfiguration) -> Void) async -> StorageError? {
    var configuration = StorageConfiguration.example
    configure(&configuration)
    return await upload(Storage(configuration))
  }

  @Test func configurationsThatCannotWorkAreNamed() async throws {
    let home = try TemporaryDirectory("home")
    #expect(await error { $0.defaultBucket = nil }?.name == "NoBucket")
    #expect(await error { $0.defaultBucket = .bucket(name: "", region: "r") }?.name == "NoBucket")
    #expect(await error { $0.defaultBucket = .bucket(name: "photos") }?.name == "NoRegion")
    #expect(await error { $0.defaultBucket = .named("photos") }?.name == "InvalidStorageBucket")
    #expect(await error { $0.defaultBucket = .bucket(name: "a/b", region: "r") }?.name == "DnsIncompatibleBucketName")
    #expect(await error { $0.defaultBucket = .bucket(name: "b", region: "evil.com/") }?.name == "InvalidRegion")
    #expect(await error { $0.endpointURL = "127.0.0.1:8333" }?.name == "InvalidCustomEndpoint")
    #expect(await error { $0.credentials = .static(accessKeyID: "", secretAccessKey: "") }?.name == "NoCredentials")
    let missing = await error {
      $0.credentials = .environment
      $0.profile = "missing"
      $0.environment = ["HOME": home.path]
    }
    #expect(missing?.name == "NoCredentials" && missing?.message.contains("missing") == true)
    let failing = await error { $0.credentials = .provider { throw URLError(.userAuthenticationRequired) } }
    #expect(failing?.name == "NoCredentials")
  }

  @Test func secretsAreNotShown() {
    let credentials = StorageCredentials(accessKeyID: "KEY", secretAccessKey: "SECRET", sessionToken: "TOKEN")
    var text = "\(credentials) \(String(reflecting: credentials))"
    dump(credentials, to: &text)
    dump(StorageCredentialsSource.static(credentials), to: &text)
    text += "\(StorageCredentialsSource.static(credentials))"
    #expect(!text.contains("SECRET") && !text.contains("TOKEN"))
  }
}
