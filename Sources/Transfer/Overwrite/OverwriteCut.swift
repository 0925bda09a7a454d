// SPDX-License-Identifier: Apache-2.0

/// Cuts what is sent and what is copied into parts of legal size. Pure.
struct OverwriteCut {
  /// Bytes of an upload, where the minimum allows it.
  var uploadSize: Int64
  /// Bytes of a copy at most.
  var copySize: Int64
  let limits: OverwritePlan.Limits

  /// The same with larger parts, if there would be too many, as far as parts can be large.
  func growing(toFit uploads: [Range<Int64>], _ size: Int64) -> OverwriteCut {
    var cut = self
    while cut.count(uploads, size) > limits.partCount,
      cut.uploadSize < limits.maximumPart || cut.copySize < limits.maximumPart
    {
      cut.uploadSize = min(cut.uploadSize * 2, limits.maximumPart)
      cut.copySize = min(cut.copySize * 2, limits.maximumPart)
    }
    return cut
  }

  func count(_ uploads: [Range<Int64>], _ size: Int64) -> Int {
    stretches(uploads, size).reduce(0) { $0 + count($1, isLast: $1.range.upperBound == size) }
  }

  func parts(_ uploads: [Range<Int64>], _ size: Int64) -> [OverwritePlan.Part] {
    stretches(uploads, size).flatMap { parts($0, isLast: $0.range.upperBound == size) }
  }

  /// All of the object, in order: what is sent and what lies between.
  private func stretches(_ uploads: [Range<Int64>], _ size: Int64) -> [OverwritePlan.Part] {
    var stretches: [OverwritePlan.Part] = []
    var end: Int64 = 0
    for upload in uploads {
      if end < upload.lowerBound { stretches.append(.copy(end..<upload.lowerBound)) }
      stretches.append(.upload(upload))
      end = upload.upperBound
    }
    if end < size { stretches.append(.copy(end..<size)) }
    return stretches
  }

  private func count(_ stretch: OverwritePlan.Part, isLast: Bool) -> Int {
    let length = Int64(stretch.range.count)
    let limit = stretch.isCopy ? copySize : uploadSize
    let count = max(1, (length + limit - 1) / limit)
    // Equal pieces of it could be too small; then fewer and larger ones. The very last part may be of any size.
    guard !isLast || stretch.isCopy, length / count < limits.minimumPart else { return Int(count) }
    return Int(max(1, length / limits.minimumPart))
  }

  private func parts(_ stretch: OverwritePlan.Part, isLast: Bool) -> [OverwritePlan.Part] {
    let (range, count) = (stretch.range, Int64(count(stretch, isLast: isLast)))
    guard count > 1 else { return [stretch] }
    let isFull = isLast && !stretch.isCopy
    let length = Int64(range.count)
    // The end of piece `number` of equal ones; the first few have a byte more.
    func end(_ number: Int64) -> Int64 {
      let length = isFull ? number * uploadSize : number * (length / count) + min(number, length % count)
      return min(range.lowerBound + length, range.upperBound)
    }
    return (1...count).map { number in
      let piece = end(number - 1)..<end(number)
      return stretch.isCopy ? .copy(piece) : .upload(piece)
    }
  }
}
