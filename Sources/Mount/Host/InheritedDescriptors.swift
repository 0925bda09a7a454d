// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Descriptors that a parent left open: a daemon that kept the write end of its caller's pipe would keep
/// `$(pail mount …)` waiting for ever.
enum InheritedDescriptors {
  /// Closes all but standard input, output, error and `kept`. Only before this process opened anything itself.
  static func close(keeping kept: Int32) {
    for descriptor in (FileContents.names(in: "/proc/self/fd") ?? []).compactMap({ Int32($0) })
    where descriptor > 2 && descriptor != kept {
      Glibc.close(descriptor)
    }
  }
}
