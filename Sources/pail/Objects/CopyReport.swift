// SPDX-License-Identifier: Apache-2.0

import Locking
import Storage

/// What cp and mv say of each file: a line, or a JSON object.
final class CopyReport: Sendable {
  let isJSON: Bool
  let isQuiet: Bool
  private let failures = Lock(0)

  init(isJSON: Bool, isQuiet: Bool) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
  }

  private struct Line: Encodable {
    var operation: String
    var source: String
    var destination: String
    var size: Int64?
    var etag: String?
    var versionID: String?
    var error: Failure?
  }

  private struct Failure: Encodable {
    var name: String
    var message: String
    var remedy: String?
  }

  var failureCount: Int { failures.withLock { $0 } }

  func done(_ item: CopyItem, size: Int64, etag: String?, versionID: String?) {
    guard !isQuiet, item.destination != .standardStream else { return }
    if isJSON {
      write(
        Line(
          operation: item.operation?.rawValue ?? "", source: "\(item.source)", destination: "\(item.destination)",
          size: size, etag: etag, versionID: versionID))
    } else {
      print("\(item.operation?.rawValue ?? ""): \(item.source) -> \(item.destination)")
    }
  }

  func failed(_ item: CopyItem, _ error: any Error) {
    failures.withLock { $0 += 1 }
    if isJSON {
      write(
        Line(
          operation: item.operation?.rawValue ?? "", source: "\(item.source)", destination: "\(item.destination)",
          error: CopyReport.failure(error)))
    }
    let sentence = (error as? StorageError).map(CommandFailure.sentence) ?? "\(error)"
    Report.line("pail: \(ObjectText.printable("\(item.source)")): \(sentence)")
  }

  func refused(_ sentence: String) {
    failures.withLock { $0 += 1 }
    Report.line("pail: \(sentence); left out")
  }

  private func write(_ line: Line) {
    if let text = try? JSONLine.text(line) { print(text) }
  }

  private static func failure(_ error: any Error) -> Failure {
    guard let error = error as? StorageError else { return Failure(name: "Error", message: "\(error)") }
    return Failure(name: error.name, message: error.message, remedy: error.recoverySuggestion)
  }
}
