// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport

/// fallocate(2) with FALLOC_FL_PUNCH_HOLE, which Swift's Glibc leaves out since C declares it for GNU's dialect only.
enum HolePunch {
  private typealias Function = @Sendable @convention(c) (Int32, Int32, off_t, off_t) -> Int32

  private static let function = dlsym(nil, "fallocate").map { unsafeBitCast($0, to: Function.self) }
  /// FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE, which it goes with (linux/falloc.h).
  private static let mode: Int32 = 2 | 1

  /// - Returns: whether `range` is a hole now, as far as the file reaches; false on a disk that knows no holes.
  static func punch(_ file: FileDescriptor, _ range: Range<Int64>) -> Bool {
    guard let function else { return false }
    while function(file.rawValue, mode, off_t(range.lowerBound), off_t(range.count)) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }
}
