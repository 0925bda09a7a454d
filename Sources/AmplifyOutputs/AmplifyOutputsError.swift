// SPDX-License-Identifier: Apache-2.0

/// The file `amplify_outputs.json` cannot be used, or does not have what somebody asked for.
package struct AmplifyOutputsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Where in the file, for example `storage.buckets[1].paths["images/*"].guest[0]`; empty when it is about all of it.
  package let path: String
  /// One line that names the cause and the remedy.
  package let message: String
  /// The file, when it was read from one.
  package var file: String?

  package init(path: String = "", _ message: String, file: String? = nil) {
    self.path = path
    self.message = message
    self.file = file
  }

  package var description: String {
    [file, path.isEmpty ? nil : path, message].compactMap { $0 }.joined(separator: ": ")
  }

  /// The end of messages about a file that is not as the Amplify tools write it.
  static let regenerate = "correct it, or write the file again with `npx ampx generate outputs`"
}
