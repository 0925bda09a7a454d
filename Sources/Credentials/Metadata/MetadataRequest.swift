// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

/// One small request to a local service, with its second attempt.
struct MetadataRequest {
  let transport: any HTTPTransport
  var method: HTTPMethod = .get
  let url: String
  var headers: [(name: String, value: String)] = []
  /// Seconds for one attempt.
  let timeout: Double

  private static let attempts = 2
  private static let bodyLimit = 64 << 10

  /// - Throws: when no attempt got an answer. A status of 500 and above counts as no answer until the last attempt.
  func send() async throws(TransportError) -> HTTPResponse {
    let request = HTTPRequest(
      method: method, url: url, headers: HTTPHeaders(headers),
      destination: .collect(limit: MetadataRequest.bodyLimit), stallTimeout: timeout, totalTimeout: timeout)
    var attempt = 1
    while true {
      do throws(TransportError) {
        let response = try await transport.perform(request)
        if response.status < 500 || attempt == MetadataRequest.attempts { return response }
      } catch {
        if !error.isTransient || attempt == MetadataRequest.attempts { throw error }
      }
      attempt += 1
    }
  }
}
