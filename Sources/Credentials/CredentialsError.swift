// SPDX-License-Identifier: Apache-2.0

/// No credentials could be had.
package struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line that names the cause and the remedy, without secrets.
  package let message: String
  /// Whether asking again later may succeed (a metadata service that did not answer), as opposed to a wrong configuration.
  package let isTransient: Bool

  package init(_ message: String, isTransient: Bool = false) {
    self.message = message
    self.isTransient = isTransient
  }

  package var description: String { message }
}
