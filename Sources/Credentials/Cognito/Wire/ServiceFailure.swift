// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTransport

/// A service that speaks AWS' JSON protocol refused, or did not answer.
struct ServiceFailure: Error, Sendable, Equatable {
  /// `NotAuthorizedException` and so on; nil when there was no answer, or none of this protocol.
  var code: String?
  /// One line, without secrets.
  var message: String
  /// Whether asking again may succeed.
  var isTransient: Bool

  init(code: String? = nil, message: String, isTransient: Bool = false) {
    self.code = code
    self.message = message
    self.isTransient = isTransient
  }

  init(_ error: TransportError) { self.init(message: "no answer: \(error.message)", isTransient: error.isTransient) }

  /// An answer with any other status than 200.
  init(_ response: HTTPResponse) {
    let document = try? JSONDecoder().decode(Document.self, from: Data(response.body))
    let type = document?.type ?? response.headers["x-amzn-errortype"]
    // `com.amazonaws.cognito#NotAuthorizedException`, `NotAuthorizedException:http://…`
    let name = type.flatMap { $0.split(separator: "#").last?.split(separator: ":").first.map(String.init) }
    code = name.flatMap { ServiceFailure.isName($0) ? $0 : nil }
    message = ServiceFailure.line(document?.message ?? document?.Message) ?? "status \(response.status)"
    isTransient =
      response.status >= 500 || response.status == 429 || code.map(ServiceFailure.transientCodes.contains) == true
  }

  /// The code and what the service says about it.
  var sentence: String { code.map { "\($0): \(message)" } ?? message }

  private struct Document: Decodable {
    var type: String?
    var message: String?
    var Message: String?

    private enum CodingKeys: String, CodingKey {
      case type = "__type"
      case message, Message
    }
  }

  private static let transientCodes: Set = [
    "TooManyRequestsException", "ThrottlingException", "InternalErrorException", "InternalServerException",
    "ServiceUnavailableException", "ExternalServiceException", "ConcurrentModificationException",
  ]

  private static func isName(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count) && text.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic }
  }

  /// The first line, unless it repeats a value of the request (`Value 'x' at 'password' failed to satisfy …`).
  private static func line(_ text: String?) -> String? {
    guard let first = text?.split(whereSeparator: \.isNewline).first, !first.contains("Value '") else { return nil }
    let printable = first.prefix(300).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
    let line = String(String.UnicodeScalarView(printable))
    return line.hasSuffix(".") ? String(line.dropLast()) : line
  }
}
