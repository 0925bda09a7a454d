// SPDX-License-Identifier: Apache-2.0

/// A key that DeleteObjects did not delete.
package struct DeleteFailure: Equatable, Sendable {
  package var key: ObjectKey
  /// The `<Code>` of the store.
  package var code: String
  package var message: String

  package init(key: ObjectKey, code: String, message: String) {
    self.key = key
    self.code = code
    self.message = message
  }

  /// The key has another version than the one that was to go, or none.
  package var isConditionFailure: Bool {
    ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"].contains(code)
  }

  /// Reads a DeleteResult in quiet mode, which lists failures only.
  package static func list(_ body: [UInt8]) throws(AnswerFailure) -> [DeleteFailure] {
    try AnswerFailure.decode(body, root: "DeleteResult") { (parser) throws(XMLError) in
      var failures: [DeleteFailure] = []
      while let name = try parser.nextChild() {
        guard name == "Error" else {
          try parser.skip()
          continue
        }
        var failure = DeleteFailure(key: ObjectKey(""), code: "", message: "")
        while let name = try parser.nextChild() {
          switch name {
          case "Key": failure.key = ObjectKey(try parser.text().string())
          case "Code": failure.code = ErrorDocument.clean(try parser.text().string(), limit: 128)
          case "Message": failure.message = ErrorDocument.clean(try parser.text().string(), limit: 1_024)
          default: try parser.skip()
          }
        }
        failures.append(failure)
      }
      return failures
    }
  }
}
