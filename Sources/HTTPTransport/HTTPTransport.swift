// SPDX-License-Identifier: Apache-2.0

/// Performs HTTP requests. The one seam below which tests put faults or a store in memory; everything else is real.
package protocol HTTPTransport: Sendable {
  /// Sends a request and waits for the whole response.
  ///
  /// A status is an answer, not an error: 404 and 503 return. Redirects are not followed. Cancelling the task ends the
  /// request with ``TransportError/Kind/cancelled``. May be called from any task; many at once.
  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse
}
