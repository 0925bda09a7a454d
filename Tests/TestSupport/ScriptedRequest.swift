// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// A request as a ``ScriptedHTTPServer`` received it, byte for byte.
package struct ScriptedRequest: Sendable {
  package let method: String
  /// Path and query as they were on the request line.
  package let target: String
  package let headers: HTTPHeaders
  /// What was read of it; empty while the server decides how much to read.
  package internal(set) var body: [UInt8] = []
  /// Counts the server's connections from 1.
  package let connection: Int
  /// Counts the requests on this connection from 1.
  package let ordinal: Int

  /// The length that the request announces, 0 without one.
  package var contentLength: Int { headers["Content-Length"].flatMap { Int($0) } ?? 0 }
}

/// How much of a request's body the server reads before it answers.
package enum ScriptedBodyReading: Sendable {
  case whole
  /// That many bytes; the rest stays in the sockets, and the connection can carry no further request.
  case first(Int)
}
