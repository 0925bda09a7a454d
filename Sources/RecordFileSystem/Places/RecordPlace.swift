// SPDX-License-Identifier: Apache-2.0

import VFS

/// Which record.
struct RecordKey: Hashable, Sendable {
  let model: String
  /// Compared by its bytes, as stores do.
  let id: Name
}

/// What a file or directory is, whatever number it has.
enum RecordPlace: Hashable, Sendable {
  /// `.records`.
  case root
  /// `.records/MODEL`.
  case model(String)
  /// `.records/MODEL/ID`.
  case record(RecordKey)
  /// `.records/MODEL/ID/record.json`.
  case document(RecordKey)
  /// `.records/MODEL/ID/FIELD`, of a field that holds several files.
  case list(RecordKey, field: String)
  /// A link to an attached file: `.records/MODEL/ID/FIELD`, or `.records/MODEL/ID/FIELD/NAME`.
  case link(RecordKey, field: String, name: Name)
  /// A file that is being written, under a name of a record or of a list.
  case spooled(UInt64)

  /// The record that this is, or is a part of; nil for what is above records, and for files that are being written.
  var key: RecordKey? {
    switch self {
    case .root, .model, .spooled: nil
    case .record(let key), .document(let key), .list(let key, _), .link(let key, _, _): key
    }
  }
}
