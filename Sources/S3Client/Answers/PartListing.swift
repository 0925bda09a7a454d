// SPDX-License-Identifier: Apache-2.0

/// One page of ListParts, checked: part numbers rise from page to page, so that reading all pages ends. SeaweedFS lists a part that
/// was sent again as often as it was sent; which of them counts, the ETag in CompleteMultipartUpload says.
package struct PartListing {
  package private(set) var parts: [UploadedPart] = []
  /// Where the next page begins; nil on the last.
  package private(set) var nextMarker: Int?

  /// - Parameter marker: the page lists the parts after this number.
  package init(_ body: [UInt8], after marker: Int) throws(AnswerFailure) {
    var isTruncated = false
    var next: Int64?
    parts = try AnswerFailure.decode(body, root: "ListPartsResult") { (parser) throws(XMLError) in
      var parts: [UploadedPart] = []
      while let name = try parser.nextChild() {
        switch name {
        case "Part": parts.append(try PartListing.readPart(&parser))
        case "IsTruncated": isTruncated = try parser.text().bool()
        case "NextPartNumberMarker":
          // Empty on the last page of some stores.
          next = Decimal.parse(try parser.text().string())
        default: try parser.skip()
        }
      }
      return parts
    }
    var last = marker
    var repetitions = 0
    for part in parts {
      if part.number == last { repetitions += 1 } else { repetitions = 0 }
      guard part.number >= max(last, marker + 1), part.number <= 10_000, repetitions < PartListing.mostRepetitions
      else {
        throw .invalid("the list of parts is not in order")
      }
      last = part.number
    }
    guard isTruncated else { return }
    guard let next, next > Int64(marker), next <= 10_000, next >= Int64(last) else {
      throw .invalid("the list of parts is truncated and has no valid marker")
    }
    nextMarker = Int(next)
  }

  /// How often a part may be listed.
  private static let mostRepetitions = 100

  private static func readPart(_ parser: inout XMLPullParser) throws(XMLError) -> UploadedPart {
    var number: Int64?
    var size: Int64?
    var etag: ETag?
    var crc32: UInt32?
    while let name = try parser.nextChild() {
      switch name {
      case "PartNumber": number = try parser.text().count()
      case "Size": size = try parser.text().count()
      case "ETag": etag = try parser.text().etag()
      case "ChecksumCRC32": crc32 = ChecksumCRC32.decode(try parser.text().string())
      default: try parser.skip()
      }
    }
    guard let number, let size, let etag else { throw XMLError(.missingElement, at: parser.position) }
    guard (1...10_000).contains(number) else { throw XMLError(.invalidValue, at: parser.position) }
    return UploadedPart(number: Int(number), size: size, etag: etag, crc32: crc32)
  }
}
