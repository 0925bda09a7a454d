// SPDX-License-Identifier: Apache-2.0

import Glibc
import S3Client
import TestSupport
import Transfer
import WriteBackCache

/// A cache directory as the pail before the index wrote it.
enum FormatOne {
  /// The text of a record file.
  static func encode(_ record: EntryRecord) -> String {
    var lines = ["pail-entry 1"]
    func add(_ name: String, _ value: String?) {
      if let value { lines.append("\(name) \(RecordText.escape(value))") }
    }
    add("key", record.key.string)
    add("base", record.base?.value)
    if record.isExclusive { lines.append("exclusive 1") }
    add("content-type", record.properties.contentType)
    add("content-disposition", record.properties.contentDisposition)
    add("content-encoding", record.properties.contentEncoding)
    add("content-language", record.properties.contentLanguage)
    add("cache-control", record.properties.cacheControl)
    for (name, value) in record.properties.metadata.sorted(by: { $0.key < $1.key }) {
      lines.append("meta \(RecordText.escape(name)) \(RecordText.escape(value))")
    }
    add(record.parked?.isConflict ?? false ? "conflict" : "parked", record.parked?.reason)
    return lines.joined(separator: "\n") + "\nend\n"
  }

  /// Makes the directory `path` with dirty files, one torn record ("7"), one clean copy ("8") and half a record file.
  static func make(_ path: String, _ records: [String: EntryRecord]) throws {
    mkdir(path, 0o700)
    mkdir(path + "/data", 0o700)
    try write("1\n", to: path + "/format")
    for (id, record) in records {
      try write(encode(record), to: "\(path)/data/\(id).entry")
      try write("bytes of \(id)", to: "\(path)/data/\(id)")
    }
    try write("pail-entry 1\nke", to: path + "/data/7.entry")
    try write("precious", to: path + "/data/7")
    try write("clean", to: path + "/data/8")
    try write("pail-ent", to: path + "/data/9.entry.new")
  }

  static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw TestSupportError("cannot write \(path)") }
    fputs(text, file)
    fclose(file)
  }
}
