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

  /// A script for the shell, to be run by its path.
  @discardableResult
  func writeScript(_ name: String, _ text: String) throws -> String {
    let path = try write(name, "#!/bin/sh\n" + text)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    return path
  }

  func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

  /// This home, no metadata service, and these variables.
  func environment(_ variables: [String: String] = [:]) -> AWSEnvironment {
    AWSEnvironment(
      variables: ["AWS_EC2_METADATA_DISABLED": "true", "PATH": "/usr/bin:/bin"].merging(variables) { $1 },
      homeDirectory: directory.path(".").replacingOccurrences(of: "/.", with: ""))
  }
}
