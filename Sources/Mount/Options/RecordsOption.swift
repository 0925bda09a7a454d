// SPDX-License-Identifier: Apache-2.0

package import Records

/// What a user can say about the records of a mount.
package struct RecordsOption: Equatable, Sendable {
  package var store: RecordStoreLocation
  /// The file with the models; nil for the `amplify_outputs.json` of the project.
  package var schema: String?
  /// What becomes of files that a record names no more.
  package var files = FileFate.keep
  /// Which fields hold paths of files.
  package var attachments = AttachmentRules()

  package init(store: RecordStoreLocation) { self.store = store }
}
