// SPDX-License-Identifier: Apache-2.0

/// How much of a transfer has moved.
package struct ByteProgress: Sendable, Equatable {
  /// Bytes.
  package var transferred: Int64
  /// Bytes; nil as long as nobody knows.
  package var total: Int64?

  package init(transferred: Int64, total: Int64?) { (self.transferred, self.total) = (transferred, total) }
}
