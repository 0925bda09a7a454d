// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// What the store says to a request.
package struct MemoryAnswer: Sendable {
  package var status = 200
  package var headers = HTTPHeaders()
  package var body = Body.empty

  /// The bytes that follow the head.
  package enum Body: Sendable {
    case empty
    case document([UInt8])
    /// A stretch of an object, which is not copied.
    case object([UInt8], Range<Int>)
    /// Of a HEAD: only the length is told.
    case length(Int)

    var count: Int {
      switch self {
      case .empty: 0
      case .document(let bytes): bytes.count
      case .object(_, let range): range.count
      case .length(let count): count
      }
    }
  }

  init(_ status: Int = 200) { self.status = status }

  init(_ document: consuming MemoryXMLWriter) {
    headers.append("Content-Type", "application/xml")
    body = .document(document.bytes)
  }
}
