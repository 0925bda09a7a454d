// SPDX-License-Identifier: Apache-2.0

/// The environment variables and the home directory of whoever mounts. Only the composition root reads the real ones.
package struct AWSEnvironment: Sendable {
  /// All of them: a `credential_process` inherits them.
  package let variables: [String: String]
  /// For `~/.aws`; without a slash at its end.
  package let homeDirectory: String

  package init(variables: [String: String], homeDirectory: String) {
    self.variables = variables
    self.homeDirectory = homeDirectory
  }

  /// The value of a variable; nil also when it is empty, as in the SDKs.
  package subscript(_ name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// Whether a variable says `true`, in any case.
  func isTrue(_ name: String) -> Bool { self[name]?.lowercased() == "true" }

  /// A path with a leading `~/` replaced by the home directory.
  func expanded(_ path: String) -> String { path.hasPrefix("~/") ? homeDirectory + path.dropFirst() : path }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension AWSEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "AWSEnvironment(\(variables.count) variables, home \(homeDirectory))" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["homeDirectory": homeDirectory]) }
}
