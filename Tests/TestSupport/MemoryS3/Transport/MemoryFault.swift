// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// What goes wrong with a request to the store in memory.
package enum MemoryFault: Equatable, Sendable {
  /// Nothing.
  case none
  /// The connection breaks before the store has heard it.
  case dropBefore
  /// The store does it, and the answer is lost.
  case dropAfter
  /// 500 InternalError, and nothing done.
  case internalError
  /// 500 InternalError, and done all the same.
  case internalErrorAfter
  /// 503 SlowDown, and nothing done.
  case slowDown
  /// As `dropBefore`, and nothing gets through any more.
  case crashBefore
  /// As `dropAfter`, and nothing gets through any more.
  case crashAfter
}

/// A request for which a test decides what becomes of it.
package struct MemorySent: Sendable {
  package let request: HTTPRequest
  package let operation: MemoryOperation
  /// Empty for a request to the bucket.
  package let key: MemoryKey
  /// From 1, for each operation.
  package let ordinal: Int
  /// From 1, of all requests.
  package let total: Int
}
