// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `pail records` with models, a database file, a bucket on a real server, and a directory to work in.
struct RecordProgram {
  let pail: PailProgram
  let server: TestServer
  /// As boto3 sees it.
  let bucket: IndependentBucket

  init(_ store: StoreKind = .seaweedFS) async throws {
    pail = try PailProgram()
    let server = try await store.shared()
    let name = try await BlockingWork.run { try server.createBucket() }
    self.server = server
    bucket = IndependentBucket(server, bucket: name)
    try write("cover.jpg", "cover")
    try write("other.jpg", "other cover")
  }

  static let schema = PackageDirectory.root + "/docs/music.json"

  var environment: [String: String] { pail.environment.merging(server.environment) { $1 } }
  var options: [String] { ["--schema", Self.schema, "--store", "music.sqlite", "--bucket", "s3://\(bucket.bucket)"] }

  /// Runs `pail records …`.
  func run(_ arguments: String..., options: [String]? = nil) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, ["records"] + arguments + (options ?? self.options), in: pail.directory.path,
      environment: environment, timeLimit: 120)
  }

  /// The same, which must succeed.
  @discardableResult
  func must(_ arguments: String..., options: [String] = []) async throws -> Shell.Outcome {
    let outcome = try await Shell.run(
      PailProgram.path, ["records"] + arguments + self.options + options, in: pail.directory.path,
      environment: environment, timeLimit: 120)
    try #require(outcome.succeeded, "\(arguments): \(outcome.status) \(outcome.output)\(outcome.error)")
    return outcome
  }

  /// What a command that must succeed says with `--json`.
  func json(_ arguments: String...) async throws -> [String: Any] {
    let outcome = try await Shell.run(
      PailProgram.path, ["records"] + arguments + options + ["--json"], in: pail.directory.path,
      environment: environment, timeLimit: 120)
    try #require(outcome.succeeded, "\(arguments): \(outcome.status) \(outcome.output)\(outcome.error)")
    return try Self.object(outcome.output)
  }

  /// A JSON object.
  static func object(_ text: some StringProtocol) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  /// A JSON object a line.
  static func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { try object($0) }
  }

  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: pail.directory.path(name)))
  }

  /// Nil when there is no such file.
  func read(_ name: String) -> String? {
    FileManager.default.contents(atPath: pail.directory.path(name)).map { String(decoding: $0, as: UTF8.self) }
  }

  func text(_ key: String) async throws -> String { String(decoding: try await bucket.get(key), as: UTF8.self) }
}
