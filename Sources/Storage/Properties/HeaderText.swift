// SPDX-License-Identifier: Apache-2.0

enum HeaderText {
  /// Checks an option that becomes a header: printable ASCII, since stores disagree about all else in a signature, and a line end
  /// would be a header of somebody else's choice.
  ///
  /// - Parameter name: of the option, for the message.
  static func check(_ name: String, _ value: String?) throws(StorageError) {
    guard let value, !value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) || value.isEmpty else { return }
    throw StorageError(.invalidHeaderValue, detail: value.isEmpty ? "\(name) is empty" : name)
  }
}
