// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

/// What a ``ScriptedHTTPServer`` does after it has received a request, step by step.
package struct ScriptedResponse: Sendable {
  package enum Step: Sendable {
    case send([UInt8])
    /// Does nothing for that many seconds, or until the server stops.
    case pause(Double)
    /// Neither sends nor reads until the client hangs up or the server stops.
    case stall
    /// Ends the connection in order (FIN), as a server does with an idle one, or in the middle of a body.
    case close
    /// Breaks the connection (RST).
    case reset
  }

  package var steps: [Step]

  package init(_ steps: [Step]) { self.steps = steps }

  /// A complete response. Content-Length is that of `body` unless `headers` have one, or a Transfer-Encoding.
  package static func answer(
    _ status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = []
  ) -> ScriptedResponse {
    ScriptedResponse([.send(head(status, headers: headers, bodyLength: body.count)), .send(body)])
  }

  /// Announces all of `body`, sends the first bytes of it, and then does something else.
  package static func truncated(_ body: [UInt8], after count: Int, then step: Step = .close) -> ScriptedResponse {
    ScriptedResponse([.send(head(200, headers: [], bodyLength: body.count)), .send(Array(body.prefix(count))), step])
  }

  /// Sends `body` in pieces, with a pause before each.
  package static func drip(_ body: [UInt8], pieceSize: Int, pause: Double) -> ScriptedResponse {
    let pieces = stride(from: 0, to: body.count, by: pieceSize).flatMap { start in
      [Step.pause(pause), .send(Array(body[start..<min(start + pieceSize, body.count)]))]
    }
    return ScriptedResponse([.send(head(200, headers: [], bodyLength: body.count))] + pieces)
  }

  /// Never answers.
  package static let silence = ScriptedResponse([.stall])

  /// Hangs up without an answer.
  package static let hangUp = ScriptedResponse([.close])

  /// The same, with another step at the end.
  package func then(_ step: Step) -> ScriptedResponse { ScriptedResponse(steps + [step]) }

  /// Status line and fields of a response, with the empty line after them.
  package static func head(_ status: Int, headers: [(String, String)], bodyLength: Int?) -> [UInt8] {
    let fields = HTTPHeaders(headers.map { (name: $0.0, value: $0.1) })
    var text = "HTTP/1.1 \(status) Scripted\r\n"
    for (name, value) in fields.fields { text += "\(name): \(value)\r\n" }
    let isInformational = status < 200 || status == 204 || status == 304
    if let bodyLength, !isInformational, fields["Content-Length"] == nil, fields["Transfer-Encoding"] == nil {
      text += "Content-Length: \(bodyLength)\r\n"
    }
    return Array((text + "\r\n").utf8)
  }
}
