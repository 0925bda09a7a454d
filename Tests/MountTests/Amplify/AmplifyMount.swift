// SPDX-License-Identifier: Apache-2.0
//
// The sandbox's project, mounted by the built `pail` as one of its users.
//
// For: acceptance tests. `use` makes directories, signs in, mounts, runs the test and takes everything away again; afterwards no mount
// and no process may be left, which it checks. The test process never touches a file of the mount; child processes do.
// State: nothing that changes. What can go wrong: an unmount that fails, which fails the test.

import Foundation
import TestSupport
import Testing

struct AmplifyMount {
  let sandbox: AmplifySandbox
  let directory: TemporaryDirectory
  let outputs: String

  var path: String { directory.path("mnt") }
  var logFile: String { directory.path("log") }

  /// Runs `body` with the project mounted.
  ///
  /// - Parameters:
  ///   - user: of the sandbox; nil mounts as a guest.
  ///   - source: a friendly name; nil for all buckets.
  ///   - outputs: another file than the sandbox's.
  static func use(
    _ sandbox: AmplifySandbox, as user: String?, source: String? = nil, outputs: String? = nil,
    options: [String] = [], mounting: Bool = true, _ body: (AmplifyMount) async throws -> Void
  ) async throws {
    let mount = try AmplifyMount(
      sandbox: sandbox, directory: TemporaryDirectory("amplify"), outputs: outputs ?? sandbox.outputsPath)
    for name in ["mnt", "scratch", "home"] {
      try FileManager.default.createDirectory(
        atPath: mount.directory.path(name), withIntermediateDirectories: false)
    }
    if let user { try await mount.signIn(user) }
    let failure: (any Error)?
    do {
      if mounting {
        let outcome = try await mount.mount(source, options)
        try #require(outcome.status == 0 && outcome.error.isEmpty, "pail mount: \(outcome.status) \(outcome.error)")
      }
      try await body(mount)
      failure = nil
    } catch {
      failure = error
    }
    if mounting {
      let outcome = try await mount.pail(["umount", mount.path], timeLimit: 120)
      #expect(outcome.status == 0, "pail umount: \(outcome.error) \(mount.logTail)")
    }
    if let failure { throw failure }
  }

  // MARK: Programs

  var environment: [String: String] {
    [
      "HOME": directory.path("home"), "XDG_STATE_HOME": directory.path("state"),
      "PAIL_RUNTIME_DIR": directory.path("run"), "AWS_PROFILE": "", "NOTIFY_SOCKET": "", "LC_ALL": "C.UTF-8",
      "PYTHONDONTWRITEBYTECODE": "1", "M": path, "D": directory.path("scratch"), "B": "",
      "OUTPUTS": outputs,
    ].merging(sandbox.environment) { $1 }
  }

  func pail(_ arguments: [String], timeLimit: Double = 60) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, arguments, in: directory.path, environment: environment, timeLimit: timeLimit)
  }

  func signIn(_ name: String) async throws {
    let user = try sandbox.user(name)
    let outcome = try await pail([
      "auth", "sign-in", "--amplify", sandbox.outputsPath, "--user", user.username, "--password-file",
      user.passwordFile,
    ])
    try #require(outcome.status == 0, "pail auth sign-in: \(outcome.error)")
  }

  /// `pail mount`, however it ends.
  func mount(_ source: String?, _ options: [String] = []) async throws -> Shell.Outcome {
    try await pail(
      ["mount", "--amplify", outputs] + (source.map { [$0] } ?? []) + [path]
        + ["--cache-dir", directory.path("cache"), "--log-file", logFile] + options.flatMap { ["-o", $0] })
  }

  /// Runs a Python program as ``LiveMount/python(_:_:timeLimit:sourceLocation:)`` does.
  @discardableResult
  func python(
    _ script: String, _ arguments: String..., timeLimit: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await Shell.run(
      try PackageDirectory.virtualEnvironmentProgram("python3"), ["-c", LiveMount.prelude + script] + arguments,
      environment: environment, timeLimit: timeLimit)
    try #require(outcome.succeeded, "\(LiveMount.words(outcome)) \(logTail)", sourceLocation: sourceLocation)
    return outcome.line
  }

  func status() async throws -> LiveMount.Status {
    let outcome = try await pail(["status", path, "--json"])
    try #require(outcome.status == 0, "pail status: \(outcome.error) \(logTail)")
    return try JSONDecoder().decode(LiveMount.Status.self, from: Data(outcome.output.utf8))
  }

  /// How many requests the mount has sent so far: of all operations, or of one.
  func requests(_ operation: String? = nil) async throws -> Int {
    let status = try await status()
    return operation.map(status.count) ?? status.requests.values.reduce(0, +)
  }

  var logTail: String {
    let text = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
    return "\nthe end of the log:\n" + text.suffix(3_000)
  }
}
