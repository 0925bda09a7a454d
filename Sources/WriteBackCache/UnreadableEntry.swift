// SPDX-License-Identifier: Apache-2.0

/// Something in a cache directory of which nobody knows what it is. It is kept until somebody takes the data file away.
package struct UnreadableEntry: Equatable, Sendable {
  /// The local file that holds the bytes, or held them.
  package var dataFile: String
  /// Why, in one line.
  package var reason: String
}
