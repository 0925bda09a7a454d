// SPDX-License-Identifier: Apache-2.0
//
// Whether the store takes keys beyond the 1,024 bytes that all stores take.
//
// For: ENAMETOOLONG when a file is made, as open(2) has it, and not when its upload is refused. Amazon's limit is that number; others
// have a larger one or none. Who makes a file with a longer key than was taken before asks for a multipart upload of it and gives that
// up at once: a HEAD or a LIST of it some stores answer without looking at its length.
// State: the two lengths, behind a lock of the file system. On FUSE workers. What can go wrong: the store does not answer; neither
// would the file's upload be possible, so the error is told.

import Locking
import S3Client
import VFS

struct KeyLengths {
  /// Bytes of the longest key that the store has taken, and of the shortest that it refused.
  private(set) var taken = ObjectKey.guaranteedLength
  private(set) var refused = ObjectKey.maximumLength + 1

  /// Whether a key of `length` bytes is taken; nil when that is not known.
  func takes(_ length: Int) -> Bool? { length <= taken ? true : length >= refused ? false : nil }

  mutating func note(_ length: Int, isTaken: Bool) {
    if isTaken { taken = max(taken, length) } else { refused = min(refused, length) }
  }
}

extension BucketFileSystem {
  /// Throws ENAMETOOLONG when the store has no room for such a key.
  func requireRoom(for key: ObjectKey) throws(Errno) {
    let length = key.string.utf8.count
    if let takes = keyLengths.withLock({ $0.takes(length) }) {
      guard takes else { throw .ENAMETOOLONG }
      return
    }
    let upload: UploadID
    do throws(Errno) {
      upload = try ask { [client] () async throws(S3Error) in
        try await client.createMultipartUpload(key, properties: ObjectProperties(), checksums: .none)
      }
    } catch {
      if error == .ENAMETOOLONG { keyLengths.withLock { $0.note(length, isTaken: false) } }
      throw error
    }
    keyLengths.withLock { $0.note(length, isTaken: true) }
    // An upload that cannot be given up has no parts; a rule of the bucket's removes it.
    _ = try? ask { [client] () async throws(S3Error) in try await client.abortMultipartUpload(key, upload: upload) }
  }
}
