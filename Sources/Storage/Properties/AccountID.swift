// SPDX-License-Identifier: Apache-2.0

import S3Client

enum AccountID {
  /// Checks an expected bucket owner before anything is asked of anybody: exactly 12 digits.
  static func check(_ owner: String?) throws(StorageError) {
    if let owner, !BucketName.isAccount(owner) { throw StorageError(.invalidAWSAccountID, detail: "\"\(owner)\"") }
  }
}
