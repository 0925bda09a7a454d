// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How much room a line has.
enum TerminalWidth {
  /// Columns of the terminal that standard output is; nil when it is none, and lines may be as long as they are.
  static var ofOutput: Int? {
    guard isatty(1) == 1 else { return nil }
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
