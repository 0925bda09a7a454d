// SPDX-License-Identifier: Apache-2.0

package enum HTTPMethod: String, Sendable {
  case get = "GET"
  case head = "HEAD"
  case put = "PUT"
  case post = "POST"
  case delete = "DELETE"
}

/// One request.
package struct HTTPRequest: Sendable {
  package var method: HTTPMethod
  /// Absolute, `http` or `https`, already percent-encoded; sent as it is.
  package var url: String
  package var headers: HTTPHeaders
  package var body: RequestBody
  /// Where the body of a 2xx response goes; that of any other status is always collected (at most 1 MiB of it).
  package var destination: ResponseDestination
  /// Seconds without a byte in either direction before the request fails with `stalled`.
  package var stallTimeout: Double
  /// Seconds for the whole request, whether or not it makes progress; nil for no limit.
  package var totalTimeout: Double?
  /// Called with the number of body bytes sent so far, on the network thread: must not block.
  package var onBodySent: (@Sendable (Int64) -> Void)?
  /// Called with the number of body bytes of a 2xx response that arrived so far, on the network thread: must not block.
  package var onBodyReceived: (@Sendable (Int64) -> Void)?

  package init(
    method: HTTPMethod, url: String, headers: HTTPHeaders = HTTPHeaders(), body: RequestBody = .empty,
    destination: ResponseDestination = .collect(limit: 1 << 20), stallTimeout: Double = 15,
    totalTimeout: Double? = nil, onBodySent: (@Sendable (Int64) -> Void)? = nil,
    onBodyReceived: (@Sendable (Int64) -> Void)? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.destination = destination
    self.stallTimeout = stallTimeout
    self.totalTimeout = totalTimeout
    self.onBodySent = onBodySent
    self.onBodyReceived = onBodyReceived
  }
}

/// The body of a request. Its length is always known: S3 wants Content-Length.
package enum RequestBody: Sendable {
  case empty
  case bytes([UInt8])
  /// Read with pread(2) while it is sent, never held in memory.
  case file(FileRegion)

  /// In bytes.
  package var length: Int64 {
    switch self {
    case .empty: 0
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let region): region.length
    }
  }
}

/// Where the bytes of a successful response go, straight from the network buffer.
package enum ResponseDestination: Sendable {
  /// Into ``HTTPResponse/body``; more than `limit` bytes fail with `tooLarge`.
  case collect(limit: Int)
  /// Into memory from its start; more than its size fail with `tooLarge`.
  case memory(MemoryRegion)
  /// Into a file with pwrite(2); more than the region's length fail with `tooLarge`.
  case file(FileRegion)
  /// To somebody who takes it piece by piece; more than its limit fail with `tooLarge`.
  case receiver(any BodyReceiver)
}

/// Takes the body of a response.
package protocol BodyReceiver: Sendable {
  /// Bytes that may come.
  var limit: Int64 { get }

  /// Takes the next bytes, which are gone after the call. On the network thread: must not block.
  ///
  /// - Parameter start: the bytes that came before; 0 when the body begins, again if the request is repeated.
  /// - Returns: false to refuse this and the rest, which ends the request with `localFile`.
  func receive(_ bytes: UnsafeRawBufferPointer, at start: Int64) -> Bool
}
