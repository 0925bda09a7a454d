// SPDX-License-Identifier: Apache-2.0
//
// How a new version of an object is made of bytes that changed here and bytes that the store has already. Pure.
//
// For: ObjectOverwrite. The object is cut into parts, each sent from here or copied by the store from the version before, at the
// same offset. Every part but the last has 5 MiB at least and 5 GiB at most, and there are 10,000 at most (S3 User Guide, "Amazon
// S3 multipart upload limits"); ranges can be copied from objects of more than 5 MB only (S3 API Reference, UploadPartCopy). So a
// small change takes clean bytes beside it along, which must be fetched before they can be sent: OverwriteLayout keeps their
// number least. An object that is small, or changed all over, is sent as a whole.
// What can go wrong: nothing but an object that is larger than S3 takes.

package struct OverwritePlan: Equatable, Sendable {
  package enum Part: Equatable, Sendable {
    /// These bytes of the new version, from here.
    case upload(Range<Int64>)
    /// These bytes of the base, which are the same in the new version.
    case copy(Range<Int64>)

    package var range: Range<Int64> {
      switch self {
      case .upload(let range), .copy(let range): range
      }
    }

    package var isCopy: Bool { if case .copy = self { true } else { false } }
  }

  /// What S3 allows; other numbers are for tests.
  package struct Limits: Sendable {
    package var minimumPart = PartLadder.minimumPartSize
    package var maximumPart = PartLadder.maximumPartSize
    package var partCount = PartLadder.maximumPartCount
    /// Of smaller objects, and of those of this size, no ranges can be copied.
    package var smallestSource = PartLadder.minimumPartSize

    package init() {}
  }

  /// Bytes of the new version.
  package let newSize: Int64
  /// Part 1, 2, …: in order and without gaps. An empty object is one empty upload.
  package let parts: [Part]
  /// Bytes of the base that are sent, though they did not change: needed here. In order, not touching one another.
  package let cleanRangesToFetch: [Range<Int64>]

  /// - Parameters:
  ///   - baseSize: bytes of the version before.
  ///   - newSize: in bytes.
  ///   - dirty: what differs from the base. What is behind the end of the base counts as dirty,
  ///     named or not; what is behind the new end does not count.
  ///   - partSize: bytes to send in one part; brought into the limits, and doubled while there would be too many parts.
  ///   - largestCopy: bytes to copy in one part; doubled likewise. The store is silent while it copies, and several copies run
  ///     at once, so less than S3 would allow.
  /// - Returns: nil for more than S3 takes.
  package init?(
    baseSize: Int64, newSize: Int64, dirty: ByteRanges, partSize: Int64, largestCopy: Int64 = 512 << 20,
    limits: Limits = Limits()
  ) {
    guard baseSize >= 0, newSize >= 0, newSize <= limits.maximumPart * Int64(limits.partCount) else { return nil }
    self.newSize = newSize
    let dirty = OverwritePlan.normalized(dirty, baseSize: baseSize, newSize: newSize)
    let cut = OverwriteCut(
      uploadSize: min(max(partSize, limits.minimumPart), limits.maximumPart),
      // Halves of what is larger than this are large enough.
      copySize: min(max(largestCopy, 2 * limits.minimumPart), limits.maximumPart), limits: limits)
    let everything = 0..<newSize
    var uploads = [everything]
    if baseSize > limits.smallestSource, newSize > limits.minimumPart {
      uploads = OverwritePlan.fewEnough(dirty.ranges, newSize, cut)
    }
    parts = cut.growing(toFit: uploads, newSize).parts(uploads, newSize)
    cleanRangesToFetch = uploads.flatMap { dirty.missing(in: $0).ranges }
  }

  /// What to send so that it is little and the parts are not too many: the gaps that are worth a copy grow until it fits.
  private static func fewEnough(_ dirty: [Range<Int64>], _ size: Int64, _ cut: OverwriteCut) -> [Range<Int64>] {
    var smallestCopy = cut.limits.minimumPart
    while smallestCopy <= size {
      let uploads = OverwriteLayout(
        size: size, smallestUpload: cut.limits.minimumPart, smallestCopy: smallestCopy
      ).uploads(for: dirty)
      if cut.growing(toFit: uploads, size).count(uploads, size) <= cut.limits.partCount { return uploads }
      smallestCopy *= 2
    }
    // Next to the largest object there is no room for a boundary that is not a multiple of the largest part.
    let cell = cut.limits.maximumPart
    return ByteRanges(
      dirty.map { range in
        (range.lowerBound / cell * cell)..<min(size, (range.upperBound + cell - 1) / cell * cell)
      }
    ).ranges
  }

  /// What of the new version differs from the base.
  private static func normalized(_ dirty: ByteRanges, baseSize: Int64, newSize: Int64) -> ByteRanges {
    var result = dirty
    if newSize > baseSize { result.insert(baseSize..<newSize) }
    return result.intersection(0..<newSize)
  }
}

extension OverwritePlan {
  /// One PutObject instead of parts.
  package var isSingle: Bool { parts.count == 1 && !parts[0].isCopy }

  /// Whether the store copies anything.
  package var hasCopies: Bool { parts.contains { $0.isCopy } }

  /// Bytes that leave from here.
  package var bytesToSend: Int64 { parts.reduce(0) { $1.isCopy ? $0 : $0 + Int64($1.range.count) } }

  /// Bytes that must come here first.
  package var bytesToFetch: Int64 { cleanRangesToFetch.reduce(0) { $0 + Int64($1.count) } }
}
