// SPDX-License-Identifier: Apache-2.0
//
// User metadata between an app and the store. Pure.
//
// The store keeps printable ASCII under lowercase names (S3 User Guide, "User-defined object metadata"). Values of any text are
// percent-encoded as the mount does with extended attributes, so both read what the other wrote; names lose their capitals.

import S3Client

enum UserMetadata {
  /// As the store keeps it.
  ///
  /// - Throws: "InvalidMetadata" for a name that is no header name, or that two entries have; "MetadataTooLarge".
  static func encode(_ metadata: [String: String]) throws(StorageError) -> [String: String] {
    var result: [String: String] = [:]
    for (name, value) in metadata {
      let lowercase = name.lowercased()
      guard MetadataText.isName(lowercase), result[lowercase] == nil else {
        throw StorageError(.invalidMetadata, detail: "\"\(name)\"")
      }
      result[lowercase] = MetadataText.encode(Array(value.utf8))
    }
    let size = MetadataText.size(of: result)
    guard size <= MetadataText.limit else { throw StorageError(.metadataTooLarge, detail: "\(size) bytes") }
    return result
  }

  /// As the app wrote it; bytes that are no UTF-8 are replaced.
  static func decode(_ metadata: [String: String]) -> [String: String] {
    metadata.mapValues { String(decoding: MetadataText.decode($0), as: UTF8.self) }
  }
}
