// SPDX-License-Identifier: Apache-2.0

import Records
import VFS

/// An open directory.
final class OpenRecordDirectory: Sendable {
  struct Item: Sendable {
    let name: String
    let kind: FileKind
    let place: RecordPlace
  }

  enum Content: Sendable {
    /// As it was when the directory was opened.
    case items([Item])
    /// The records of a model.
    case pages(RecordPages)
  }

  let content: Content

  init(_ content: Content) { self.content = content }
}
