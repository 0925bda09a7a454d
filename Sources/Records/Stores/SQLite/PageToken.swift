// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Where the next page begins, as a text that says nothing to others.
enum PageToken {
  static func make(_ id: String, of model: String) -> String { Data("1 \(model) \(id)".utf8).base64EncodedString() }

  /// - Throws: "InvalidToken" for one of another model, or of another store.
  static func id(in token: String, of model: String) throws(RecordError) -> String {
    guard let data = Data(base64Encoded: token), let text = String(bytes: data, encoding: .utf8),
      text.utf8.starts(with: "1 \(model) ".utf8)
    else {
      throw RecordError(.invalidToken, "the token is not of a list of \(model)")
    }
    return String(decoding: text.utf8.dropFirst("1 \(model) ".utf8.count), as: UTF8.self)
  }
}
