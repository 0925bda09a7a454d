// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

extension ObjectHead {
  /// Reads what the headers of a HEAD or GET say about an object of that size.
  ///
  /// Without `ETag` the tag is empty and matches nothing; without `Last-Modified` the time is 0 (SeaweedFS says neither for
  /// a directory that is only implied). The checksum is that of the whole object, so of no use when a range came.
  init(size: Int64, headers: HTTPHeaders, isPartial: Bool) {
    self.init(
      size: size, etag: ETag(headers["etag"] ?? ""),
      lastModified: headers["last-modified"].flatMap(HTTPDate.parse) ?? 0, properties: ObjectProperties(headers),
      versionID: headers["x-amz-version-id"], storageClass: headers["x-amz-storage-class"],
      checksumCRC32: isPartial ? nil : headers["x-amz-checksum-crc32"])
  }
}
