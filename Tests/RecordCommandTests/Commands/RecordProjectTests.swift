// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("pail records with an Amplify project's bucket and users")
struct RecordProjectTests {
  private let sandbox: AmplifySandbox
  private let pail: PailProgram

  init() async throws {
    sandbox = try await AmplifySandbox.shared()
    pail = try PailProgram()
    try Data("cover".utf8).write(to: URL(fileURLWithPath: pail.directory.path("cover.jpg")))
    let user = try sandbox.user("alice")
    let signedIn = try await run([
      "auth", "sign-in", "--amplify", sandbox.outputsPath, "--user", user.username, "--password-file",
      user.passwordFile,
    ])
    try #require(signedIn.succeeded, "\(signedIn.error)")
  }

  private func run(_ arguments: [String]) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, arguments, in: pail.directory.path,
      environment: pail.environment.merging(sandbox.environment) { $1 }, timeLimit: 120)
  }

  @Test("Records in its data service, for each way of showing who asks", arguments: [nil, "apiKey", "userPool", "iam"])
  func dataService(authorization: String?) async throws {
    let options =
      ["--amplify", sandbox.outputsPath, "--json"] + (authorization.map { ["--authorization", $0] } ?? [])
    let id = UUID().uuidString.lowercased()
    let path = "images/\(id)-cover.jpg"
    let created = try await run(
      ["records", "create", "Song", "--id", id, "name=Blue", "--file", "coverArtPath=cover.jpg"] + options)
    try #require(created.succeeded, "\(created.error)")
    #expect(try RecordProgram.object(created.output)["coverArtPath"] as? String == path)
    let bucket = try sandbox.bucket("app")
    #expect(String(decoding: try await bucket.get(path), as: UTF8.self) == "cover")
    let filter = "{\"coverArtPath\": {\"eq\": \"\(path)\"}}"
    let listed = try await run(["records", "list", "Song", "--all", "--filter", filter] + options)
    let pages = try RecordProgram.objects(listed.output)
    #expect(pages.flatMap { $0["records"] as? [[String: Any]] ?? [] }.map { $0["id"] as? String } == [id])
    let deleted = try await run(["records", "delete", "Song", id] + options)
    #expect(deleted.succeeded, "\(deleted.error)")
    #expect(try await bucket.head(path) == nil)
    let gone = try await run(["records", "get", "Song", id] + options)
    #expect(gone.status == 1 && gone.error.hasPrefix("pail: RecordNotFound: "), "\(gone.error)")
  }

  @Test("Files go to the project's default bucket, as the user who has signed in; a guest may not")
  func users() async throws {
    let options = [
      "--amplify", sandbox.outputsPath, "--schema", PackageDirectory.root + "/docs/music.json", "--store",
      "music.sqlite",
    ]
    let id = UUID().uuidString.lowercased()
    let created = try await run(
      ["records", "create", "Song", "--id", id, "name=Blue", "--file", "coverArtPath=cover.jpg"] + options)
    try #require(created.succeeded, "\(created.error)")
    let bucket = try sandbox.bucket("app")
    let path = "images/\(id)-cover.jpg"
    #expect(String(decoding: try await bucket.get(path), as: UTF8.self) == "cover")

    let guest = try await run(["records", "attach", "Song", id, "coverArtPath", "cover.jpg", "--guest"] + options)
    #expect(guest.status == 1 && guest.error.hasPrefix("pail: "), "\(guest.error)")
    #expect(guest.error.split(separator: "\n").count == 1)
    let elsewhere = try await run(["records", "get", "Song", id, "--bucket", "none"] + options)
    #expect(elsewhere.status == 64 && elsewhere.error.contains("there are app, media"), "\(elsewhere.error)")
    #expect(String(decoding: try await bucket.get(path), as: UTF8.self) == "cover")

    let deleted = try await run(["records", "delete", "Song", id] + options)
    #expect(deleted.succeeded, "\(deleted.error)")
    #expect(try await bucket.head(path) == nil)
  }
}
