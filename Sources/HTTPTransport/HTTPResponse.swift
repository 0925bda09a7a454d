// SPDX-License-Identifier: Apache-2.0

/// The answer to a request, complete.
package struct HTTPResponse: Sendable {
  /// The status code of the final response (never 1xx).
  package var status: Int
  package var headers: HTTPHeaders
  /// What was collected; empty when the body went to memory or a file.
  package var body: [UInt8]
  /// How many bytes of body arrived, wherever they went.
  package var bodyLength: Int64

  package init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], bodyLength: Int64? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
    self.bodyLength = bodyLength ?? Int64(body.count)
  }
}
