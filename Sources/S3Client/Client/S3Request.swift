// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

/// A request before it has a URL and a signature; the same value makes every attempt.
struct S3Request {
  let operation: S3Operation
  var method: HTTPMethod
  /// nil for a request to the bucket.
  var key: ObjectKey?
  /// Not encoded.
  var query: [(name: String, value: String)] = []
  var headers = HTTPHeaders()
  var body: RequestBody = .empty
  var destination: ResponseDestination = .collect(limit: 1 << 20)
  var onBodySent: (@Sendable (Int64) -> Void)?
  var onBodyReceived: (@Sendable (Int64) -> Void)?

  init(_ operation: S3Operation, _ method: HTTPMethod, _ key: ObjectKey? = nil) {
    self.operation = operation
    self.method = method
    self.key = key
  }

  /// Seconds without a byte before an attempt is given up.
  var stallTimeout: Double { operation.isSlow ? 45 : 15 }

  /// Bytes up to this size are hashed into the signature. Larger ones and files carry a CRC-32 of their own: hashing
  /// them costs more CPU than sending them.
  static let largestHashedBody = 1 << 20

  var payloadHash: PayloadHash {
    switch body {
    case .empty: .empty
    case .bytes(let bytes) where bytes.count <= S3Request.largestHashedBody: .of(bytes)
    case .bytes, .file: .unsigned
    }
  }
}
