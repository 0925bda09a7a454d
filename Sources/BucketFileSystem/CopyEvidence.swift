// SPDX-License-Identifier: Apache-2.0
//
// Whether an object is a copy that we made of another, when no answer told so.
//
// For: the rename of a directory, when the answer to a copy was lost. Stateless; async. The store's own copy has the bytes and says all
// that its source says; the same tag alone proves the same bytes at most, and those may be somebody else's.
// What can go wrong: somebody else has copied the same object to the same name, with all it says: nothing tells that from ours.

import S3Client

enum CopyEvidence {
  /// What `new` is now, if that is a copy of what `old` is now; else nil.
  static func find(_ old: ObjectKey, _ new: ObjectKey, _ client: S3Client) async throws(S3Error) -> ObjectHead? {
    do throws(S3Error) {
      let source = try await client.headObject(old)
      let copy = try await client.headObject(new)
      return isCopy(copy, of: source) ? copy : nil
    } catch {
      guard error.isNotFound, error.code != "NoSuchBucket" else { throw error }
      return nil
    }
  }

  /// A store may give a copy another tag; then the checksum tells.
  static func isCopy(_ copy: ObjectHead, of source: ObjectHead) -> Bool {
    let hasSameBytes =
      copy.etag == source.etag || source.checksumCRC32 != nil && copy.checksumCRC32 == source.checksumCRC32
    return hasSameBytes && copy.size == source.size && copy.properties == source.properties
      && copy.lastModified >= source.lastModified
  }
}
