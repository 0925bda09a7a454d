// SPDX-License-Identifier: Apache-2.0

import S3Client
import Transfer

/// One multipart upload of a file: begun early while it is written, or when it is published.
struct UploadSession {
  enum Phase {
    case creating
    case ready(MultipartUpload.Begun)
  }

  /// Tells a late answer of an older session from one of this.
  let number: Int
  let key: ObjectKey
  /// What CreateMultipartUpload was told; it cannot be changed until the object exists.
  let properties: ObjectProperties
  var phase: Phase = .creating
  var table: PartTable
  var tasks: [Int: Task<Void, Never>] = [:]
  /// The first failure; nothing more is sent after it.
  var failure: S3Error?
}

/// The state of a file that an upload publishes.
struct Seal {
  let generation: UInt64
  let size: Int64
  let key: ObjectKey
  let properties: ObjectProperties
  let condition: WriteCondition
  /// The condition only keeps requests in their order: what is refused is tried again with what is there.
  let replacesAny: Bool
  let way: Way
  /// By the client's stopwatch.
  let startedAt: Double
  /// Those of which nobody knew then how they had ended.
  let earlierAttempts: Attempts
  /// Resumed when every part is sent, or one has failed and none is under way.
  var waiter: CheckedContinuation<Result<[SentPart], S3Error>, Never>?

  /// How the bytes reach the bucket.
  enum Way {
    /// One PutObject.
    case whole
    /// Parts, all from here.
    case parts
    /// Parts from here and parts that the store copies from the version `base`. `uploads` is what is read here.
    case overwrite(Overwrite, uploads: ByteRanges)
  }

  struct Overwrite {
    let base: ETag
    let plan: OverwritePlan
  }
}
