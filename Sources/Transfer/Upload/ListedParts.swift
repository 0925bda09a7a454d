// SPDX-License-Identifier: Apache-2.0

import S3Client

extension [UploadedPart] {
  /// Whether the store lists these parts and no others. A part that was sent twice may be listed twice: one of them must be it.
  ///
  /// - Parameters:
  ///   - numbers: of the parts, each once.
  ///   - isIt: whether a listed part is the one at this index of `numbers`.
  func areThose(_ numbers: [Int], _ isIt: (_ index: Int, UploadedPart) -> Bool) -> Bool {
    let byNumber = Dictionary(grouping: self, by: \.number)
    return byNumber.count == numbers.count
      && numbers.indices.allSatisfy { index in byNumber[numbers[index]]?.contains { isIt(index, $0) } ?? false }
  }
}
