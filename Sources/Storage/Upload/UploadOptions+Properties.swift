// SPDX-License-Identifier: Apache-2.0

import S3Client
import Transfer

extension UploadOptions {
  /// What an object at `key` will say about itself.
  ///
  /// - Throws: "InvalidHeaderValue", "InvalidMetadata", "MetadataTooLarge", "InvalidAWSAccountID".
  func properties(for key: ObjectKey, types: MediaTypes = .system) throws(StorageError) -> ObjectProperties {
    try AccountID.check(expectedBucketOwner)
    for (name, value) in [
      ("contentType", contentType), ("contentEncoding", contentEncoding),
      ("contentDisposition", contentDisposition?.value), ("contentLanguage", contentLanguage),
      ("cacheControl", cacheControl),
    ] {
      try HeaderText.check(name, value)
    }
    let name = key.string.split(separator: "/").last.map(String.init) ?? ""
    var properties = ObjectProperties(contentType: contentType ?? types.type(of: name) ?? MediaTypes.unknown)
    properties.contentEncoding = contentEncoding
    properties.contentDisposition = contentDisposition?.value
    properties.contentLanguage = contentLanguage
    properties.cacheControl = cacheControl
    properties.metadata = try UserMetadata.encode(metadata)
    return properties
  }
}
