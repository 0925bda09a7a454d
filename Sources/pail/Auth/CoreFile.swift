// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What is left of a process that crashes.
enum CoreFile {
  private typealias Function = @convention(c) (CInt, CUnsignedLong, CUnsignedLong, CUnsignedLong, CUnsignedLong) -> CInt

  /// PR_SET_DUMPABLE (linux/prctl.h).
  private static let setDumpable: CInt = 4

  /// Nothing: while passwords and tokens are in memory, neither a core file nor a debugger of the same user may have them
  /// (prctl(2), which Swift leaves out since C declares it with variable arguments).
  static func forbid() {
    guard let function = dlsym(nil, "prctl") else { return }
    _ = unsafeBitCast(function, to: Function.self)(setDumpable, 0, 0, 0, 0)
  }
}
