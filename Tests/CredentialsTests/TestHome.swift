// SPDX-License-Identifier: Apache-2.0

import Credentials
import Foundation
import TestSupport

/// A home directory for a test, removed with it.
final class TestHome: Sendable {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory("home") }

  func path(_ name: String) -> String { directory.path(name) }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  /// Writes a script and returns the command line that runs it. Through the shell's own binary: executing a file that was
  /// just written fails with ETXTBSY while a child that another test started at that moment still has it open.
  func writeScript(_ name: String, _ text: String) throws -> String { "/bin/sh '\(try write(name, text))'" }

  func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  /// This home, no metadata service, and these variables.
  func environment(_ variables: [String: String] = [:]) -> AWSEnvironment {
    AWSEnvironment(
      variables: ["AWS_EC2_METADATA_DISABLED": "true", "PATH": "/usr/bin:/bin"].merging(variables) { $1 },
      homeDirectory: directory.path(".").replacingOccurrences(of: "/.", with: ""))
  }
}
