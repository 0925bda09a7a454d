// SPDX-License-Identifier: Apache-2.0

private import Glibc

enum LocalError {
  /// The text of `strerror(3)`.
  static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
