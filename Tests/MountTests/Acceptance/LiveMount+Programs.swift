// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Programs that use the mount. They find it in `$M`, a directory for their own files in `$D`, the bucket's name in `$B`.
extension LiveMount {
  /// Runs `script` with `/bin/sh -ec`; it must succeed.
  ///
  /// - Returns: its standard output, without the newline at the end.
  @discardableResult
  func sh(
    _ script: String, _ arguments: String..., timeLimit: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await Shell.script(script, arguments, environment: environment, timeLimit: timeLimit)
    try #require(
      outcome.succeeded, "\(script)\n\(Self.words(outcome)) \(logTail)", sourceLocation: sourceLocation)
    return outcome.line
  }

  /// Runs `script`, however it ends.
  func attempt(_ script: String, _ arguments: String..., timeLimit: Double = 120) async throws -> Shell.Outcome {
    try await Shell.script(script, arguments, environment: environment, timeLimit: timeLimit)
  }

  /// Runs a Python program, with `os`, `errno`, `time` and the prelude's `M`, `D`, `name(error)` and `pause(word)`; it must
  /// succeed, an `assert` that fails is the test's failure.
  @discardableResult
  func python(
    _ script: String, _ arguments: String..., timeLimit: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await Shell.run(
      "python3", ["-c", Self.prelude + script] + arguments, environment: environment, timeLimit: timeLimit)
    try #require(outcome.succeeded, "\(Self.words(outcome)) \(logTail)", sourceLocation: sourceLocation)
    return outcome.line
  }

  /// Runs a Python program with boto3: `s3` is a client, `B` the bucket. It must succeed.
  @discardableResult
  func boto3(
    _ script: String, _ arguments: String..., timeLimit: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await Shell.run(
      try PackageDirectory.virtualEnvironmentProgram("python3"),
      ["-c", Self.prelude + Self.boto3Prelude + script] + arguments, environment: environment, timeLimit: timeLimit)
    try #require(outcome.succeeded, "\(Self.words(outcome)) \(logTail)", sourceLocation: sourceLocation)
    return outcome.line
  }

  /// A Python program that runs meanwhile and stops where it says `pause(word)`.
  struct Background: Sendable {
    fileprivate let mount: LiveMount
    fileprivate let work: BlockingWork.Started<Result<Shell.Outcome, any Error>>

    /// Waits until the program has come to `pause(word)`.
    func reached(_ word: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
      let file = mount.scratch + "/" + word + ".reached"
      try await eventually(
        within: .seconds(60), "the program comes to \(word) \(mount.logTail)", fileID: sourceLocation.fileID,
        line: sourceLocation.line
      ) {
        FileManager.default.fileExists(atPath: file) || work.isDone
      }
      guard !work.isDone else {
        let end = LiveMount.words(try await work.value().get())
        throw TestSupportError("the program did not come to \(word): \(end) \(mount.logTail)")
      }
    }

    /// Lets the program go on behind `pause(word)`.
    func proceed(_ word: String) throws {
      try Data().write(to: URL(fileURLWithPath: mount.scratch + "/" + word + ".go"))
    }

    /// Waits for its end, which must be a success; returns what it printed.
    @discardableResult
    func output(sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
      let outcome = try await work.value().get()
      try #require(
        outcome.succeeded, "\(LiveMount.words(outcome)) \(mount.logTail)", sourceLocation: sourceLocation)
      return outcome.line
    }
  }

  /// Starts a Python program beside the test.
  func background(_ script: String, _ arguments: String..., timeLimit: Double = 180) -> Background {
    let environment = environment
    let program = ["-c", Self.prelude + script] + arguments
    return Background(
      mount: self,
      work: BlockingWork.startJoinable {
        Result { try Shell.runBlocking("python3", program, environment: environment, timeLimit: timeLimit) }
      })
  }

  static func words(_ outcome: Shell.Outcome) -> String {
    "status \(outcome.status)\(outcome.timedOut ? ", out of time" : ""): \(outcome.output.suffix(4_000)) "
      + "\(outcome.error.suffix(4_000))"
  }

  static let prelude = """
    import errno, os, stat, sys, time
    M, D, B = os.environ['M'], os.environ['D'], os.environ['B']

    def name(error): return errno.errorcode[error.errno]

    def attempt(function, *arguments):
        try:
            function(*arguments)
        except OSError as error:
            return name(error)
        return 'success'

    def pause(word):
        open(f'{D}/{word}.reached', 'w').close()
        while not os.path.exists(f'{D}/{word}.go'): time.sleep(0.01)

    def read(path):
        with open(path, 'rb') as file: return file.read()


    """

  static let boto3Prelude = """
    os.environ.pop('AWS_PROFILE', None)
    import boto3
    from botocore.config import Config
    s3 = boto3.client('s3', config=Config(s3={'addressing_style': 'path'}, max_pool_connections=16))

    def keys(prefix=''):
        for page in s3.get_paginator('list_objects_v2').paginate(Bucket=B, Prefix=prefix):
            for entry in page.get('Contents', []): yield entry['Key']


    """
}
