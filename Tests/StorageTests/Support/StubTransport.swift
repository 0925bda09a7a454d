// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking

/// Answers every request without a network, and lists them.
final class StubTransport: HTTPTransport {
  private let list = Lock<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest) -> HTTPResponse

  init(_ answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { self.answer = answer }

  var requests: [HTTPRequest] { list.withLock { $0 } }

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    list.withLock { $0.append(request) }
    return answer(request)
  }
}
