// SPDX-License-Identifier: Apache-2.0

/// Why a mount, an unmount or a query did not happen: one line that names the cause and the remedy, without secrets.
package struct MountFailure: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable {
    /// The command line or an option is wrong.
    case usage
    /// Anything else that this machine or the store refused.
    case failed
  }

  package let kind: Kind
  package let description: String

  package init(_ description: String, kind: Kind = .failed) {
    // Several lines would break the promise of one, and the line-based readiness pipe.
    self.description = String(description.map { $0.isNewline ? " " : $0 })
    self.kind = kind
  }

  static func usage(_ description: String) -> MountFailure { MountFailure(description, kind: .usage) }

  /// The exit code that mount(8) documents: 1 for a wrong invocation, 32 for a mount that failed.
  package var mountHelperExitCode: Int32 { kind == .usage ? 1 : 32 }
}
