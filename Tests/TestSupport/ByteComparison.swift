// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whether two files have the same bytes, by memcmp(3).
///
/// Tests compare many megabytes and are not optimised; the comparison of any arrays then takes a second for 50 MB. Where TestSupport is
/// imported, the compiler prefers this one.
package func == (left: [UInt8], right: [UInt8]) -> Bool {
  let count = left.count
  guard right.count == count else { return false }
  return left.withUnsafeBytes { left in
    right.withUnsafeBytes { right in
      // An empty array may have no address.
      guard let left = left.baseAddress, let right = right.baseAddress else { return true }
      return memcmp(left, right, count) == 0
    }
  }
}
