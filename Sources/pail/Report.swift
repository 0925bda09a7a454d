// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Mount

/// What commands tell people: results on standard output, everything else here, on standard error.
enum Report {
  static var isTerminal: Bool { isatty(2) == 1 }

  static func line(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }

  /// Replaces the line before, on a terminal.
  static func progress(_ text: String) {
    let bytes = Array("\r\u{1B}[K\(text)".utf8)
    _ = write(2, bytes, bytes.count)
  }

  /// Runs a command's work and turns its failure into one line and exit code 1.
  static func failures<Value>(_ body: () throws(MountFailure) -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      line("pail: \(error.description)")
      throw ExitCode(1)
    }
  }
}
