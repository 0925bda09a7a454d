// SPDX-License-Identifier: Apache-2.0

/// No credentials could be had.
package struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line that names the cause and the remedy, without secrets or control characters: it may repeat what a server or a file
  /// says, and ends at a terminal.
  package let message: String
  /// Whether asking again later may succeed (a metadata service that did not answer), as opposed to a wrong configuration.
  package let isTransient: Bool

  package init(_ message: String, isTransient: Bool = false) {
    let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) }
    self.message =
      message.unicodeScalars.contains(where: isControl)
      ? String(String.UnicodeScalarView(message.unicodeScalars.map { isControl($0) ? "?" : $0 })) : message
    self.isTransient = isTransient
  }

  package var description: String { message }
}
