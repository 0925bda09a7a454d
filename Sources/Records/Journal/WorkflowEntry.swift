// SPDX-License-Identifier: Apache-2.0

/// A workflow that has begun, as the journal knows it.
struct WorkflowEntry: Sendable, Equatable {
  /// Also in the metadata of the objects that it makes.
  let id: String
  let model: String
  let recordID: String
  /// When something was noted last, in seconds since 1970.
  var notedAt: Double
  /// Paths that it uploads, or was about to.
  var added: [String] = []
  /// Paths that it deletes when the record does not name them any more.
  var removed: [String] = []
}
