// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The built `pail`, run with a home and a runtime directory of its own.
package struct PailProgram: Sendable {
  package let directory: TemporaryDirectory

  package init() throws { directory = try TemporaryDirectory("program") }

  /// Beside the test bundle: SwiftPM builds every product into one directory.
  package static let path: String = {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent("pail").path
  }()

  /// Without credentials and without any store but those that a test names.
  package var environment: [String: String] {
    [
      "HOME": directory.path, "PAIL_RUNTIME_DIR": directory.path("run"), "XDG_STATE_HOME": directory.path("state"),
      "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": "",
      "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "NOTIFY_SOCKET": "",
    ]
  }

  package func run(_ arguments: String..., environment added: [String: String] = [:]) async throws -> Shell.Outcome {
    try await Shell.run(
      Self.path, arguments, in: directory.path, environment: environment.merging(added) { $1 }, timeLimit: 30)
  }

  /// A new, empty directory.
  package func makeMountPoint(_ name: String = "mnt") throws -> String {
    try FileManager.default.createDirectory(atPath: directory.path(name), withIntermediateDirectories: false)
    return directory.path(name)
  }
}
