// SPDX-License-Identifier: Apache-2.0

import S3Client
import Transfer

/// The properties of an object as lines "name value", values percent-encoded: a column of the index, and part of the record
/// files of format 1. Pure.
enum PropertiesText {
  static func encode(_ properties: ObjectProperties) -> String {
    var lines: [String] = []
    func add(_ name: String, _ value: String?) {
      if let value { lines.append("\(name) \(RecordText.escape(value))") }
    }
    add("content-type", properties.contentType)
    add("content-disposition", properties.contentDisposition)
    add("content-encoding", properties.contentEncoding)
    add("content-language", properties.contentLanguage)
    add("cache-control", properties.cacheControl)
    for (name, value) in properties.metadata.sorted(by: { $0.key < $1.key }) {
      lines.append("meta \(RecordText.escape(name)) \(RecordText.escape(value))")
    }
    return lines.joined(separator: "\n")
  }

  /// Nil for anything that ``encode(_:)`` did not make.
  static func decode(_ text: String) -> ObjectProperties? {
    var properties = ObjectProperties()
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      guard add(words, to: &properties) else { return nil }
    }
    return properties
  }

  /// Takes one line in. Returns false for one that is not understood.
  static func add(_ words: [String], to properties: inout ObjectProperties) -> Bool {
    guard words.count == (words.first == "meta" ? 3 : 2), let value = RecordText.unescape(words[1]) else {
      return false
    }
    switch words[0] {
    case "content-type": properties.contentType = value
    case "content-disposition": properties.contentDisposition = value
    case "content-encoding": properties.contentEncoding = value
    case "content-language": properties.contentLanguage = value
    case "cache-control": properties.cacheControl = value
    case "meta":
      guard let content = RecordText.unescape(words[2]) else { return false }
      properties.metadata[value] = content
    default: return false
    }
    return true
  }
}
