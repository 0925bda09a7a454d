// SPDX-License-Identifier: Apache-2.0
//
// The JSON protocol of AWS (1.1), unsigned, as the two services of Cognito are called: the operation in a header, a document each
// way. No state. What can go wrong: no answer, throttling, an internal error (all tried again); a refusal, whose code and message
// become the error. Requests and answers are full of secrets, so nothing of them is logged, and errors repeat only the message.

import FoundationEssentials
import HTTPTransport

struct JSONService: Sendable {
  let endpoint: HTTPEndpoint
  /// `AWSCognitoIdentityProviderService`.
  let target: String
  let transport: any HTTPTransport

  private static let attempts = 3
  /// Seconds for one attempt: a user pool may wait for functions of the project, each up to 5 s.
  private static let timeout = 15.0
  private static let answerLimit = 256 << 10

  /// Sends `input` to `operation`; three attempts when asking again may help.
  func call<Input: Encodable, Output: Decodable>(
    _ operation: String, _ input: Input, as output: Output.Type = Output.self
  ) async throws(ServiceFailure) -> Output {
    let request = HTTPRequest(
      method: .post, url: endpoint.url,
      headers: HTTPHeaders([
        ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "\(target).\(operation)"),
        ("cache-control", "no-store"),
      ]), body: .bytes(try JSONService.encode(input)), destination: .collect(limit: JSONService.answerLimit),
      totalTimeout: JSONService.timeout)
    var attempt = 1
    while true {
      do throws(ServiceFailure) {
        return try decode(await send(request))
      } catch {
        if !error.isTransient || attempt == JSONService.attempts { throw error }
        let failure = error
        do { try await Task.sleep(for: .milliseconds(100 << attempt)) } catch { throw failure }
      }
      attempt += 1
    }
  }

  private func send(_ request: HTTPRequest) async throws(ServiceFailure) -> [UInt8] {
    let response: HTTPResponse
    do throws(TransportError) { response = try await transport.perform(request) } catch { throw ServiceFailure(error) }
    guard response.status == 200 else { throw ServiceFailure(response) }
    return response.body
  }

  private func decode<Output: Decodable>(_ bytes: [UInt8]) throws(ServiceFailure) -> Output {
    do {
      return try JSONDecoder().decode(Output.self, from: Data(bytes.isEmpty ? Array("{}".utf8) : bytes))
    } catch {
      throw ServiceFailure(message: "the answer is not understood")
    }
  }

  private static func encode(_ input: some Encodable) throws(ServiceFailure) -> [UInt8] {
    do {
      return [UInt8](try JSONEncoder().encode(input))
    } catch {
      throw ServiceFailure(message: "the request cannot be written as JSON")
    }
  }
}
