// SPDX-License-Identifier: Apache-2.0

import Credentials
import S3Client
import Testing

@testable import Storage

/// reference: amplify-js, validateStorageOperationInput.ts and resolveIdentityId.ts.
@Suite struct PathTests {
  struct SignedOut: Error {}

  private func configuration(_ identity: (@Sendable () async throws -> String?)? = nil) -> StorageConfiguration {
    var configuration = StorageConfiguration()
    configuration.identityID = identity
    return configuration
  }

  @Test(arguments: ["a", " a ", "a//b", "a/", "../a", "a/./b", "ü", "a\u{301}", "\\", "album/2024/1.jpg", "*"])
  func everyOtherPathIsAKey(_ path: String) async throws {
    let key = try await StoragePath.path(path).key(in: configuration())
    #expect(key == ObjectKey(path))
  }

  @Test(
    arguments: [
      ("", "InvalidStorageOperationInput"), ("/", "InvalidStoragePathInput"), ("/a", "InvalidStoragePathInput"),
      ("//", "InvalidStoragePathInput"),
    ] as [(String, String)])
  func wrongPathsAreNamed(path: String, name: String) async {
    let error = await #expect(throws: StorageError.self) {
      _ = try await StoragePath.path(path).key(in: configuration())
    }
    #expect(error?.name == name)
    #expect(error?.recoverySuggestion?.isEmpty == false)
  }

  @Test func listsMayBeOfEverything() async throws {
    #expect(try await StoragePath.path("").key(in: configuration(), for: .prefix).string == "")
    await #expect(throws: StorageError.self) {
      _ = try await StoragePath.path("/").key(in: configuration(), for: .prefix)
    }
  }

  @Test func identityIsPutIn() async throws {
    let path = StoragePath.identity { "album/\($0)/1.jpg" }
    #expect(try await path.key(in: configuration { "eu-1:abc" }).string == "album/eu-1:abc/1.jpg")
  }

  @Test func identityMustBeThere() async {
    for identity in [nil, { nil }, { "" }, { throw SignedOut() }] as [(@Sendable () async throws -> String?)?] {
      let error = await #expect(throws: StorageError.self) {
        _ = try await StoragePath.identity { "album/\($0)" }.key(in: configuration(identity))
      }
      #expect(error?.name == "NoIdentityId")
    }
  }

  @Test func credentialsThatFailAreToldAsSuch() async {
    let error = await #expect(throws: StorageError.self) {
      let configuration = configuration { throw CredentialsError("no answer", isTransient: true) }
      _ = try await StoragePath.identity { "album/\($0)" }.key(in: configuration)
    }
    #expect(error?.name == "NoCredentials" && error?.message == "no answer")
  }

  @Test func whatAFunctionMakesIsCheckedToo() async {
    let error = await #expect(throws: StorageError.self) {
      _ = try await StoragePath.identity { _ in "/a" }.key(in: configuration { "me" })
    }
    #expect(error?.name == "InvalidStoragePathInput")
  }

  @Test func literalsArePaths() {
    let number = 7
    guard case .path("album/7.jpg") = "album/\(number).jpg" as StoragePath else {
      Issue.record("a literal is no path")
      return
    }
  }
}
