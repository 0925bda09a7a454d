// SPDX-License-Identifier: Apache-2.0
//
// What the next process needs to know to go on with a download. Pure: text in, value out.
//
// Format: lines of words, escaped by RecordText. The first says the version, the next ones what is downloaded; a line
// `done START LENGTH CRC32` is appended as each range arrives. What can go wrong: the process is killed within a line, or the
// disk is full there. Such a line is left out, and so is a line that the next one was appended to; a line that is wrong all
// the same does no harm, because whoever goes on counts the checksum of the bytes in the file first.

package import S3Client

package struct DownloadRecord: Equatable, Sendable {
  /// What decides whether an earlier download was of the same bytes, cut in the same way.
  package struct Subject: Equatable, Sendable {
    /// Scheme and host of the store.
    package var store: String
    package var bucket: String
    package var key: ObjectKey
    package var etag: ETag
    /// Bytes of the object.
    package var size: Int64
    /// The bytes of it that are wanted.
    package var bytes: Range<Int64>
    /// Bytes of a range.
    package var rangeSize: Int64
  }

  /// A range that is in the file.
  package struct Done: Equatable, Sendable {
    /// In the object, in bytes.
    package var start: Int64
    package var length: Int64
    package var crc32: UInt32
  }

  package var subject: Subject
  package var done: [Done]

  private static let version = "pail-download 1"

  /// All but the ranges.
  package var head: String {
    func line(_ words: String...) -> String { words.map(RecordText.escape).joined(separator: " ") + "\n" }
    return DownloadRecord.version + "\n" + line("from", subject.store, subject.bucket, subject.key.string)
      + line("object", subject.etag.value, "\(subject.size)")
      + line("bytes", "\(subject.bytes.lowerBound)", "\(subject.bytes.upperBound)")
      + line("ranges-of", "\(subject.rangeSize)")
  }

  package static func line(of done: Done) -> String { "done \(done.start) \(done.length) \(done.crc32)\n" }

  /// Nil for anything that is not a record of this version.
  package init?(decoding text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    // What follows the last line end is empty, or torn.
    guard lines.popLast() != nil, lines.popFirst().map(String.init) == DownloadRecord.version,
      let from = DownloadRecord.words(lines.popFirst(), "from", 3),
      let object = DownloadRecord.words(lines.popFirst(), "object", 2), let size = Int64(object[1]),
      let bytes = DownloadRecord.words(lines.popFirst(), "bytes", 2), let start = Int64(bytes[0]),
      let end = Int64(bytes[1]), start >= 0, start <= end, end <= size,
      let ranges = DownloadRecord.words(lines.popFirst(), "ranges-of", 1), let rangeSize = Int64(ranges[0])
    else { return nil }
    subject = Subject(
      store: from[0], bucket: from[1], key: ObjectKey(from[2]), etag: ETag(object[0]), size: size, bytes: start..<end,
      rangeSize: rangeSize)
    done = lines.compactMap { line in
      guard let words = DownloadRecord.words(line, "done", 3), let start = Int64(words[0]),
        let length = Int64(words[1]),
        let crc32 = UInt32(words[2])
      else { return nil }
      return Done(start: start, length: length, crc32: crc32)
    }
  }

  package init(subject: Subject, done: [Done] = []) {
    self.subject = subject
    self.done = done
  }

  /// The words after `name` of a line that has so many of them.
  private static func words(_ line: Substring?, _ name: String, _ count: Int) -> [String]? {
    guard let line else { return nil }
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == count + 1, words[0] == name else { return nil }
    let values = words.dropFirst().compactMap { RecordText.unescape($0) }
    return values.count == count ? values : nil
  }
}
