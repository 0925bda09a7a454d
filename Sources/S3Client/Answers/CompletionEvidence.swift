// SPDX-License-Identifier: Apache-2.0
//
// Compares an object with what a CompleteMultipartUpload was to make, to recognise one's own write after its answer was
// lost. Pure. The caller has made sure that the upload is gone, so it was completed by us or aborted by somebody; or knows of
// an earlier attempt, maybe in another upload.
//
// S3 forms the entity tag of such an object from those of its parts, and the composite checksum from theirs (S3 User
// Guide, "Checking object integrity"). A store that forms them otherwise is not understood: nothing is recognised there.

import SigV4

package struct CompletionEvidence: Sendable {
  private let parts: [CompletedPart]
  private let crc32: UInt32?

  /// - Parameters:
  ///   - parts: in order of their numbers.
  ///   - crc32: of the whole object, when that is what the store was to keep.
  package init(parts: [CompletedPart], crc32: UInt32? = nil) {
    self.parts = parts
    self.crc32 = crc32
  }

  package func proves(_ head: ObjectHead, writtenAfter earliest: Int64) -> Bool {
    guard head.lastModified >= earliest, !parts.isEmpty else { return false }
    if let etag, head.etag == etag { return true }
    guard let ours = crc32.map(ChecksumCRC32.encode) ?? checksum, let theirs = head.checksumCRC32 else { return false }
    return theirs == ours
  }

  /// What is left of this when the parts are forgotten.
  ///
  /// - Parameters:
  ///   - size: bytes of the object.
  ///   - crc32: of all of them, where it is known, whether or not the store keeps it.
  package func mark(size: Int64, crc32: UInt32?) -> VersionMark {
    VersionMark(size: size, crc32: crc32, etag: etag, checksum: checksum)
  }

  /// MD5 over the MD5s of the parts, and their number; nil when the parts' tags are no MD5s (as with KMS encryption).
  package var etag: ETag? {
    var bytes: [UInt8] = []
    for part in parts {
      guard part.etag.value.utf8.count == 32, let md5 = Hexadecimal.decode(part.etag.value) else { return nil }
      bytes += md5
    }
    guard let md5 = MD5.base64(of: bytes).flatMap({ Base64.decode($0) }) else { return nil }
    return ETag("\(Hexadecimal.encode(md5))-\(parts.count)")
  }

  /// CRC-32 over the CRC-32s of the parts, and their number; nil when a part has none.
  package var checksum: String? {
    var crc: UInt32 = ~0
    for part in parts {
      guard let value = part.crc32 else { return nil }
      // Four bytes a part: not worth a table.
      for byte in ChecksumCRC32.bytes(of: value) {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      }
    }
    return "\(ChecksumCRC32.encode(~crc))-\(parts.count)"
  }
}
