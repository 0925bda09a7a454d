// SPDX-License-Identifier: Apache-2.0
//
// What a data file in the cache directory is, as the file beside it says: enough to upload it without the process that
// wrote it. Pure: text in, value out.
//
// Format: lines "name value", values with `%`, control characters and spaces percent-encoded, first line the version.
// What can go wrong: a torn or foreign file; decoding refuses it as a whole, and the caller keeps both files untouched.

package import S3Client
import Transfer

package struct EntryRecord: Equatable, Sendable {
  package var key: ObjectKey
  /// The version in the bucket that this one replaces; nil when there was none.
  package var base: ETag?
  /// Publish only where nothing is (O_EXCL).
  package var isExclusive: Bool
  package var properties: ObjectProperties
  /// Set when it is not tried again by itself.
  package var parked: Parked?

  /// An upload that waits for a person.
  package struct Parked: Equatable, Sendable {
    package var reason: String
    /// Somebody else has the name in the bucket, so this version is not shown under it.
    package var isConflict: Bool

    package init(reason: String, isConflict: Bool) {
      self.reason = reason
      self.isConflict = isConflict
    }
  }

  package init(
    key: ObjectKey, base: ETag?, isExclusive: Bool, properties: ObjectProperties, parked: Parked? = nil
  ) {
    self.key = key
    self.base = base
    self.isExclusive = isExclusive
    self.properties = properties
    self.parked = parked
  }

  private static let header = "pail-entry 1"
  private static let trailer = "end"

  package var encoded: String {
    var lines = [EntryRecord.header]
    func add(_ name: String, _ value: String?) {
      if let value { lines.append("\(name) \(RecordText.escape(value))") }
    }
    add("key", key.string)
    add("base", base?.value)
    if isExclusive { lines.append("exclusive 1") }
    add("content-type", properties.contentType)
    add("content-disposition", properties.contentDisposition)
    add("content-encoding", properties.contentEncoding)
    add("content-language", properties.contentLanguage)
    add("cache-control", properties.cacheControl)
    for (name, value) in properties.metadata.sorted(by: { $0.key < $1.key }) {
      lines.append("meta \(RecordText.escape(name)) \(RecordText.escape(value))")
    }
    add(parked?.isConflict ?? false ? "conflict" : "parked", parked?.reason)
    lines.append(EntryRecord.trailer)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Nil for anything that is not a whole record of this version.
  package init?(decoding text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[0] == EntryRecord.header, lines[lines.count - 2] == EntryRecord.trailer,
      lines[lines.count - 1].isEmpty
    else { return nil }
    var record = EntryRecord(key: ObjectKey(""), base: nil, isExclusive: false, properties: ObjectProperties())
    for line in lines[1..<(lines.count - 2)] {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      guard words.count >= 2, let value = RecordText.unescape(words[1]) else { return nil }
      switch words[0] {
      case "key": record.key = ObjectKey(value)
      case "base": record.base = ETag(value)
      case "exclusive": record.isExclusive = true
      case "content-type": record.properties.contentType = value
      case "content-disposition": record.properties.contentDisposition = value
      case "content-encoding": record.properties.contentEncoding = value
      case "content-language": record.properties.contentLanguage = value
      case "cache-control": record.properties.cacheControl = value
      case "meta":
        guard words.count == 3, let content = RecordText.unescape(words[2]) else { return nil }
        record.properties.metadata[value] = content
      case "parked": record.parked = Parked(reason: value, isConflict: false)
      case "conflict": record.parked = Parked(reason: value, isConflict: true)
      default: return nil
      }
    }
    guard !record.key.string.isEmpty else { return nil }
    self = record
  }
}
