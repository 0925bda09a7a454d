// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage
import TestSupport
import Testing

/// A Storage from `amplify_outputs.json`, against real pools and a store that enforces the rules of the project.
@Suite struct AmplifyStorageTests {
  private static func error(_ body: () async throws(StorageError) -> Void) async -> StorageError? {
    do throws(StorageError) {
      try await body()
      return nil
    } catch {
      return error
    }
  }

  @Test func guest() async throws {
    let storage = try await AmplifyProject().storage(user: .guest)
    let properties = try await storage.getProperties(path: "public/welcome.txt")
    #expect(properties.contentType == "text/plain; charset=utf-8")
    #expect(properties.metadata == ["author": "carol", "rating": "5"])
    let refused = await Self.error { () throws(StorageError) in
      _ = try await storage.uploadData(path: "public/guest.txt", data: "x").result
    }
    #expect(refused?.name == "AccessDenied" && refused?.httpStatus == 403)
  }

  /// What one app uploads is what another sees: type, metadata, and that it is there.
  @Test func signedIn() async throws {
    let project = try await AmplifyProject()
    let nobody = await Self.error { () throws(StorageError) in
      _ = try await project.storage(user: .signedIn).list(path: "images/")
    }
    #expect(nobody?.name == "NoCredentials" && nobody?.message.contains("sign-in") == true, "\(nobody?.message ?? "")")
    try await project.signIn("alice")
    let storage = try project.storage(user: .signedIn)
    let options = UploadOptions(
      bucket: "app", contentType: "image/png", metadata: ["album": "shapes"], preventOverwrite: true)
    let path = StoragePath.path("images/\(UUID().uuidString).png")
    let result = try await storage.uploadData(path: path, data: "x", options: options).result
    let properties = try await project.storage(user: .automatic).getProperties(path: path)
    #expect(properties.contentType == "image/png" && properties.metadata == ["album": "shapes"])
    let head = try await project.sandbox.bucket("app").head(result.path)
    #expect(head?.contentType == "image/png" && head?.metadata == ["album": "shapes"])
    let again = await Self.error { () throws(StorageError) in
      _ = try await storage.uploadData(path: path, data: "y", options: options).result
    }
    #expect(again?.isPreconditionFailure == true)
    let photos = try await storage.list(path: "photos/", options: ListOptions(bucket: "media"))
    #expect(photos.items.map(\.path) == ["photos/2026/hill.txt", "photos/harbour.txt"])
  }

  @Test func automatic() async throws {
    let project = try await AmplifyProject()
    let list = { (storage: Storage) async in
      await Self.error { () throws(StorageError) in _ = try await storage.list(path: "images/") }
    }
    #expect(await list(try project.storage(user: .automatic))?.name == "AccessDenied")
    try await project.signIn("bob")
    #expect(await list(try project.storage(user: .automatic)) == nil)
    #expect(await list(try project.storage(user: .guest))?.name == "AccessDenied")
  }

  @Test func identityPath() async throws {
    let project = try await AmplifyProject()
    try await project.signIn("alice")
    let identity = try #require(try project.sandbox.user("alice").identityID)
    let storage = try project.storage(user: .automatic)
    let diary = try await storage.downloadData(path: .identity { "private/\($0)/diary.txt" }).result
    #expect(diary.path == "private/\(identity)/diary.txt" && diary.string == "alice's diary\n")
    let other = try #require(try project.sandbox.user("bob").identityID)
    let refused = await Self.error { () throws(StorageError) in
      _ = try await storage.downloadData(path: "private/\(other)/diary.txt").result
    }
    #expect(refused?.httpStatus == 403)
    // A guest has an identity, too, but no folder.
    let guest = await Self.error { () throws(StorageError) in
      _ = try await project.storage(user: .guest).list(path: .identity { "private/\($0)/" })
    }
    #expect(guest?.name == "AccessDenied")
    // Whoever has another source of the identity keeps it.
    var configuration = try project.configuration(user: .signedIn)
    configuration.identityID = { other }
    let mistaken = await Self.error { () throws(StorageError) in
      _ = try await Storage(configuration).list(path: .identity { "private/\($0)/" })
    }
    #expect(mistaken?.name == "AccessDenied")
  }
}
