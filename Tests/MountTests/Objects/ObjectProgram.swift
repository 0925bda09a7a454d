// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The built `pail` with a bucket on a real server and a directory to work in.
struct ObjectProgram {
  let pail: PailProgram
  let server: TestServer
  let bucket: String
  let client: IndependentClient

  init(_ store: StoreKind) async throws {
    pail = try PailProgram()
    let server = try await store.shared()
    bucket = try await BlockingWork.run { try server.createBucket() }
    self.server = server
    client = IndependentClient(server)
  }

  /// Runs a command; `B` in its arguments stands for `s3://BUCKET`.
  func run(_ arguments: String..., added: [String: String] = [:]) async throws -> Shell.Outcome {
    let arguments = arguments.map { $0.replacingOccurrences(of: "B/", with: "s3://\(bucket)/") }
    return try await Shell.run(
      PailProgram.path, arguments, in: pail.directory.path,
      environment: pail.environment.merging(server.environment) { $1 }.merging(added) { $1 }, timeLimit: 60)
  }

  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
    let path = pail.directory.path(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  /// Nil when there is no such file.
  func read(_ name: String) -> [UInt8]? {
    FileManager.default.contents(atPath: pail.directory.path(name)).map { [UInt8]($0) }
  }

  func object(_ key: String) async throws -> [UInt8] {
    try await BlockingWork.run { [client, bucket] in try client.get(bucket, key) }
  }

  func keys() async throws -> [String] {
    try await BlockingWork.run { [client, bucket] in try client.list(bucket).map(\.key) }
  }
}
