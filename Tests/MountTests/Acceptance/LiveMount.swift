// SPDX-License-Identifier: Apache-2.0
//
// A bucket of a real server, mounted by the built `pail`.
//
// For: acceptance tests. `use` makes bucket, directories and mount, runs the test, and takes everything away again, whatever
// the test did; afterwards no mount, no process and no socket may be left, which it checks. The test process never touches a
// file of the mount, because it would wait for itself; child processes do. State: the pid of the daemon.
// What can go wrong: an unmount that fails; the daemon is killed by its pid and the mount detached, and the test fails.

import Foundation
import Glibc
import Locking
import Mount
import TestSupport
import Testing

final class LiveMount: Sendable {
  let server: TestServer
  let bucket: String
  let client: IndependentClient
  let directory: TemporaryDirectory
  private let daemon = Lock<Int32>(0)
  private let leftovers = Lock(false)

  /// Where the bucket is mounted.
  var path: String { directory.path("mnt") }
  /// A directory beside the mount, for the test's own files.
  var scratch: String { directory.path("scratch") }
  var cacheDirectory: String { directory.path("cache") }
  var logFile: String { directory.path("log") }

  private init(_ server: TestServer) throws {
    self.server = server
    client = IndependentClient(server)
    directory = try TemporaryDirectory("live")
    bucket = try server.createBucket()
    for name in ["mnt", "scratch", "home"] {
      try FileManager.default.createDirectory(atPath: directory.path(name), withIntermediateDirectories: false)
    }
    try FileManager.default.createDirectory(
      atPath: cacheDirectory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  }

  /// Runs `body` with a new bucket, mounted unless `mounting` is false.
  static func use(
    _ server: TestServer, _ options: String..., mounting: Bool = true, _ body: (LiveMount) async throws -> Void
  ) async throws {
    let mount = try await BlockingWork.run { try LiveMount(server) }
    let failure: (any Error)?
    do {
      if mounting { try await mount.mount(options) }
      try await body(mount)
      failure = nil
    } catch {
      failure = error
    }
    await mount.tearDown()
    if let failure { throw failure }
  }

  // MARK: Mounting

  /// What `pail` and the test's programs find around them: the store, `$M` (the mount) and `$D` (a directory for files).
  var environment: [String: String] {
    [
      "HOME": directory.path("home"), "XDG_STATE_HOME": directory.path("state"),
      "PAIL_RUNTIME_DIR": directory.path("run"),
      "AWS_PROFILE": "", "NOTIFY_SOCKET": "",
      "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "M": path, "D": scratch, "B": bucket,
    ].merging(server.environment) { $1 }
  }

  /// `pail` with these arguments.
  func pail(
    _ arguments: [String], environment added: [String: String] = [:], timeLimit: Double = 60
  ) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, arguments, in: directory.path, environment: environment.merging(added) { $1 },
      timeLimit: timeLimit)
  }

  /// Mounts the bucket, with `-o` options.
  func mount(_ options: [String] = []) async throws {
    let outcome = try await pail(
      ["mount", bucket, path, "--cache-dir", cacheDirectory, "--log-file", logFile] + options.flatMap { ["-o", $0] })
    try #require(outcome.status == 0 && outcome.error.isEmpty, "pail mount: \(outcome.status) \(outcome.error)")
    try await adopt()
  }

  /// Takes charge of the daemon of a mount that was made at ``path`` by other means than ``mount(_:)``.
  func adopt() async throws {
    let pid = try await status().pid
    daemon.withLock { $0 = pid }
  }

  /// `pail umount`, which must leave nothing behind.
  func unmount(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let outcome = try await pail(["umount", path], timeLimit: 120)
    #expect(outcome.status == 0, "pail umount: \(outcome.error) \(logTail)", sourceLocation: sourceLocation)
    try await expectGone(sourceLocation: sourceLocation)
  }

  /// The mount and its daemon must be gone; forgets them.
  func expectGone(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let pid = daemon.withLock { $0 }
    try await eventually(
      within: .seconds(10), "pail (pid \(pid)) has ended", fileID: sourceLocation.fileID, line: sourceLocation.line
    ) { !LiveMount.isRunning(pid) }
    #expect(!isMounted, "\(path) is still mounted", sourceLocation: sourceLocation)
    daemon.withLock { $0 = 0 }
  }

  /// The test leaves data in the cache directory on purpose.
  func expectLeftovers() { leftovers.withLock { $0 = true } }

  var daemonPID: Int32 { daemon.withLock { $0 } }

  /// Of the whole life of the daemon, in bytes.
  var peakMemory: Int {
    let text = (try? String(contentsOfFile: "/proc/\(daemonPID)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return Int(line.filter(\.isNumber)).map { $0 * 1_024 } ?? .max
  }

  /// The end of the daemon's log, for messages.
  var logTail: String {
    let text = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
    return "\nthe end of the log:\n" + text.suffix(3_000)
  }

  var isMounted: Bool {
    MountTable.top(at: path)?.isPail ?? false
  }

  /// A zombie has ended: whoever adopts orphans here may never look after them.
  static func isRunning(_ pid: Int32) -> Bool {
    guard pid > 0, let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return text.split(separator: ")").last?.split(separator: " ").first != "Z"
  }

  private func tearDown() async {
    let pid = daemon.withLock { $0 }
    if pid != 0, !LiveMount.isRunning(pid) { Issue.record("pail (pid \(pid)) ended before its time \(logTail)") }
    if LiveMount.isRunning(pid) {
      let outcome = try? await pail(["umount", path, "--timeout", "30"], timeLimit: 90)
      let expected: Set<Int32> = leftovers.withLock { $0 } ? [0, 3] : [0]
      if let outcome, !expected.contains(outcome.status) {
        Issue.record("pail umount at the end: \(outcome.status) \(outcome.error) \(logTail)")
      }
    }
    do {
      try await eventually(within: .seconds(10), "pail has ended") { !LiveMount.isRunning(pid) }
    } catch {
      Issue.record("pail (pid \(pid)) still ran at the end \(logTail)")
      kill(pid, SIGKILL)
    }
    if isMounted {
      Issue.record("\(path) was still mounted at the end")
      _ = try? await Shell.run("umount", ["-l", path])
    }
    let sockets = (try? FileManager.default.contentsOfDirectory(atPath: directory.path("run"))) ?? []
    #expect(!sockets.contains { $0.hasSuffix(".sock") }, "the control socket is left")
  }
}
