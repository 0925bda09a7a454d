// SPDX-License-Identifier: Apache-2.0

import GRDB
import S3Client

/// Marks of versions as lines "size crc32 etag checksum", "-" for what is not known: a column of the index. Pure.
enum VersionMarksText {
  private static let none = "-"

  /// Nil for no marks.
  static func encode(_ marks: [VersionMark]) -> String? {
    guard !marks.isEmpty else { return nil }
    return marks.map { mark in
      [
        String(mark.size), mark.crc32.map { String($0) } ?? none, (mark.etag?.value).map(word) ?? none,
        mark.checksum.map(word) ?? none,
      ].joined(separator: " ")
    }.joined(separator: "\n")
  }

  /// Without a mark our own version may become a conflict; of a line that cannot be read no more is lost.
  static func decode(_ text: String) -> [VersionMark] {
    let lines: [Substring] = text.split(separator: "\n")
    return lines.prefix(Attempts.most).compactMap { line -> VersionMark? in
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      guard words.count == 4, let size = Int64(words[0]), size >= 0, words[1] == none || UInt32(words[1]) != nil,
        let etag = read(words[2]), let checksum = read(words[3])
      else { return nil }
      return VersionMark(size: size, crc32: UInt32(words[1]), etag: etag.map { ETag($0) }, checksum: checksum)
    }
  }

  /// A text may be "-" itself.
  private static func word(_ text: String) -> String { "=" + IndexText.encode(text) }

  private static func read(_ word: String) -> String?? {
    if word == none { return .some(nil) }
    guard word.hasPrefix("=") else { return nil }
    return IndexText.decode(String(word.dropFirst()).databaseValue).map { .some($0) }
  }
}
