// SPDX-License-Identifier: Apache-2.0

/// One file or object that a command copies.
struct CopyItem: Equatable, Sendable {
  let source: ObjectLocation
  let destination: ObjectLocation
  /// Bytes; nil as long as nobody knows.
  var size: Int64?

  enum Operation: String, Sendable {
    case upload, download, copy
  }

  /// Nil from one local place to another.
  var operation: Operation? {
    switch (source, destination) {
    case (.remote, .remote): .copy
    case (.remote, _): .download
    case (_, .remote): .upload
    default: nil
    }
  }
}
