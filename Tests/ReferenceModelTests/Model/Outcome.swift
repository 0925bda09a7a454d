// SPDX-License-Identifier: Apache-2.0

import VFS

/// What a program sees of a step.
enum Outcome: Equatable, Sendable {
  case done
  case failed(Errno)
  case bytes([UInt8])
  case names([String])
  /// Of a file, in bytes.
  case size(Int)
  case directory
  /// The step makes no sense here: neither side does anything.
  case skipped
}

extension Outcome: CustomStringConvertible {
  var description: String {
    switch self {
    case .done: "done"
    case .failed(let errno): "errno \(errno.code) (\(errno))"
    case .bytes(let bytes): "\(bytes.count) bytes (\(bytes.prefix(12).map(String.init).joined(separator: " "))…)"
    case .names(let names): "names \(names)"
    case .size(let size): "size \(size)"
    case .directory: "a directory"
    case .skipped: "skipped"
    }
  }
}
