// SPDX-License-Identifier: Apache-2.0

/// How an object of known size is cut into parts. Pure.
///
/// Up to the part size it is one PutObject. Above, the part size is doubled while there would be more than 10,000 parts (S3
/// User Guide, "Amazon S3 multipart upload limits"); all parts but the last have the same size.
package struct UploadPlan: Equatable, Sendable {
  /// Bytes of the object.
  package let size: Int64
  /// Bytes of each part but the last.
  package let partSize: Int64

  /// Bytes of the largest object: 10,000 parts of 5 GiB.
  package static let largestObject = Int64(PartLadder.maximumPartCount) * PartLadder.maximumPartSize

  /// - Parameters:
  ///   - size: of the object, in bytes.
  ///   - partSize: wanted, in bytes; brought into the range that S3 allows.
  /// - Returns: nil for more than ``largestObject``.
  package init?(size: Int64, partSize: Int64) {
    guard size >= 0, size <= UploadPlan.largestObject else { return nil }
    let limit = Int64(PartLadder.maximumPartCount)
    var partSize = min(max(partSize, PartLadder.minimumPartSize), PartLadder.maximumPartSize)
    while (size + partSize - 1) / partSize > limit { partSize = min(partSize * 2, PartLadder.maximumPartSize) }
    self.size = size
    self.partSize = partSize
  }

  /// One PutObject instead of parts.
  package var isSingle: Bool { size <= partSize }

  /// How many parts there are; at least one.
  package var partCount: Int { max(1, Int((size + partSize - 1) / partSize)) }

  /// The bytes of part `number`, which counts from 1.
  package func range(ofPart number: Int) -> Range<Int64> {
    let start = Int64(number - 1) * partSize
    return start..<min(start + partSize, size)
  }
}
