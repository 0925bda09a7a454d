// SPDX-License-Identifier: Apache-2.0

/// An open file.
final class OpenRecordFile: Sendable {
  enum Content: Sendable {
    /// A document as it was when it was opened.
    case text([UInt8])
    case spooled(SpooledFile)
  }

  let content: Content
  /// The process that opened it; 0 when it is unknown.
  let process: Int32
  let allowsWriting: Bool

  init(_ content: Content, process: Int32, allowsWriting: Bool) {
    self.content = content
    self.process = process
    self.allowsWriting = allowsWriting
  }

  /// nil for a document that is only read.
  var spooled: SpooledFile? {
    if case .spooled(let file) = content { file } else { nil }
  }
}
