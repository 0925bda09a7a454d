// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Mount
import TestSupport

/// A bucket of a real server, to be mounted by the built `pail`. What is still mounted at the end is detached.
final class RealMount: Sendable {
  let program: PailProgram
  let server: TestServer
  let bucket: String
  let mountPoint: String
  let client: IndependentClient

  /// Blocks while the server starts.
  static func make(_ server: @escaping @Sendable () throws -> TestServer = SeaweedFS.shared) async throws -> RealMount {
    try await BlockingWork.run { try RealMount(server()) }
  }

  private init(_ server: TestServer) throws {
    self.server = server
    program = try PailProgram()
    bucket = try server.createBucket()
    mountPoint = try program.makeMountPoint()
    client = IndependentClient(server)
  }

  deinit { umount2(mountPoint, Int32(MNT_DETACH)) }

  var environment: [String: String] { program.environment.merging(server.environment) { $1 } }
  var cache: String { program.directory.path("cache") }

  func pail(_ arguments: String..., environment added: [String: String] = [:]) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, arguments, in: program.directory.path, environment: environment.merging(added) { $1 },
      timeLimit: 60)
  }

  /// Mounts with a cache directory of its own.
  func mount(_ options: String = "rw", environment added: [String: String] = [:]) async throws -> Shell.Outcome {
    try await pail(
      "mount", bucket, mountPoint, "--cache-dir", cache, "--log-file", program.directory.path("log"), "-o", options,
      environment: added)
  }

  func unmount(_ arguments: String...) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, ["umount", mountPoint] + arguments, environment: environment, timeLimit: 60)
  }

  /// The object that `pail status --json` prints, nil when nothing is mounted.
  func status() async throws -> [String: Any]? {
    let outcome = try await pail("status", mountPoint, "--json")
    guard outcome.succeeded else { return nil }
    return try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
  }

  func daemon() async throws -> Int32 { (try await status()?["pid"] as? Int).map(Int32.init) ?? 0 }

  /// Waits until the process has ended, also as a zombie of a slow init; false after 20 seconds.
  func waitForEnd(of pid: Int32) async throws -> Bool {
    let outcome = try await Shell.script(
      "for i in $(seq 400); do case $(cut -d' ' -f3 /proc/$1/stat 2>/dev/null) in ''|Z|X) exit 0;; esac; sleep 0.05; done; exit 1",
      ["\(pid)"])
    return outcome.succeeded
  }

  /// Descriptors close on exec: one that leaked into a process of another test would keep the mount busy.
  func write(_ name: String, _ text: String) throws {
    let file = try opened(name, O_CREAT | O_WRONLY | O_TRUNC)
    let bytes = Array(text.utf8)
    let count = Glibc.write(file, bytes, bytes.count)
    guard close(file) == 0, count == bytes.count else {
      throw TestSupportError("\(name): \(String(cString: strerror(errno)))")
    }
  }

  func read(_ name: String) throws -> String {
    let file = try opened(name, O_RDONLY)
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(file, &buffer, buffer.count)
    guard count >= 0 else { throw TestSupportError("\(name): \(String(cString: strerror(errno)))") }
    return String(decoding: buffer[..<count], as: UTF8.self)
  }

  private func opened(_ name: String, _ flags: Int32) throws -> Int32 {
    let file = open(mountPoint + "/" + name, flags | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw TestSupportError("\(name): \(String(cString: strerror(errno)))") }
    return file
  }

  var isMounted: Bool {
    MountTable.top(at: mountPoint)?.isPail ?? false
  }

  func object(_ key: String) async throws -> String {
    let (client, bucket) = (client, bucket)
    return try await BlockingWork.run { String(decoding: try client.get(bucket, key), as: UTF8.self) }
  }
}
