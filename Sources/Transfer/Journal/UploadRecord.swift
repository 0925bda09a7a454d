// SPDX-License-Identifier: Apache-2.0
//
// What the next process needs to know to go on with a multipart upload. Pure: text in, value out.
//
// Format: lines of words, escaped by RecordText. The first says the version, the next ones what is uploaded where and as
// what; a line `part NUMBER LENGTH CRC32 ETAG` is appended as each part arrives. What can go wrong: the process is killed
// within a line. A last line without its end is left out: that part is sent again.

package import S3Client

package struct UploadRecord: Equatable, Sendable {
  /// What decides whether an earlier upload is of the same object: where it goes, what it comes from, and what it is to be.
  package struct Subject: Equatable, Sendable {
    /// Scheme and host of the store.
    package var store: String
    package var bucket: String
    package var key: ObjectKey
    package var source: Source
    package var properties: ObjectProperties
    /// Bytes of a part.
    package var partSize: Int64
  }

  package enum Source: Equatable, Sendable {
    case file(SourceFile.Identity)
    /// In memory: the parts are compared by their checksums.
    case bytes(count: Int64)
  }

  package var subject: Subject
  package var begun: MultipartUpload.Begun
  package var parts: [SentPart]

  private static let version = "pail-upload 1"

  /// All but the parts.
  package var head: String {
    func line(_ words: String...) -> String { words.map(RecordText.escape).joined(separator: " ") + "\n" }
    var text = UploadRecord.version + "\n"
    text += line("to", subject.store, subject.bucket, subject.key.string)
    switch subject.source {
    case .file(let file):
      text += line(
        "file", "\(file.device)", "\(file.inode)", "\(file.size)", "\(file.modified)", "\(file.changed)")
    case .bytes(let count): text += line("bytes", "\(count)")
    }
    for (name, value) in subject.properties.fields { text += line("property", name, value) }
    text += line("parts-of", "\(subject.partSize)")
    text += line("upload", begun.id.string, begun.checksums.rawValue)
    return text
  }

  package static func line(of part: SentPart) -> String {
    "part \(part.number) \(part.length) \(part.crc32) \(RecordText.escape(part.etag.value))\n"
  }

  /// Nil for anything that is not a record of this version.
  package init?(decoding text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // What follows the last line end is empty, or torn.
    guard lines.popLast() != nil, lines.first.map(String.init) == UploadRecord.version else { return nil }
    var place: (String, String, String)?
    var source: Source?
    var properties: [(name: String, value: String)] = []
    var partSize: Int64?
    var begun: MultipartUpload.Begun?
    parts = []
    for line in lines.dropFirst() {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map { RecordText.unescape($0) ?? "" }
      switch (words[0], words.count) {
      case ("to", 4): place = (words[1], words[2], words[3])
      case ("file", 6): source = UploadRecord.file(words.dropFirst())
      case ("bytes", 2): source = Int64(words[1]).map { .bytes(count: $0) }
      case ("property", 3): properties.append((words[1], words[2]))
      case ("parts-of", 2): partSize = Int64(words[1])
      case ("upload", 3):
        begun = MultipartChecksums(rawValue: words[2]).map { .init(id: UploadID(words[1]), checksums: $0) }
      case ("part", 5):
        guard let part = UploadRecord.part(words) else { return nil }
        parts.append(part)
      default: return nil
      }
    }
    guard let place, let source, let partSize, let begun, !begun.id.string.isEmpty else { return nil }
    self.begun = begun
    subject = Subject(
      store: place.0, bucket: place.1, key: ObjectKey(place.2), source: source,
      properties: ObjectProperties(fields: properties), partSize: partSize)
  }

  package init(subject: Subject, begun: MultipartUpload.Begun, parts: [SentPart] = []) {
    self.subject = subject
    self.begun = begun
    self.parts = parts
  }

  private static func file(_ words: ArraySlice<String>) -> Source? {
    let words = Array(words)
    guard let device = UInt64(words[0]), let inode = UInt64(words[1]), let size = Int64(words[2]),
      let modified = Int64(words[3]), let changed = Int64(words[4])
    else { return nil }
    return .file(.init(device: device, inode: inode, size: size, modified: modified, changed: changed))
  }

  private static func part(_ words: [String]) -> SentPart? {
    guard let number = Int(words[1]), (1...PartLadder.maximumPartCount).contains(number), let length = Int64(words[2]),
      length >= 0, let crc32 = UInt32(words[3]), !words[4].isEmpty
    else { return nil }
    return SentPart(number: number, length: length, etag: ETag(words[4]), crc32: crc32)
  }
}

extension ObjectProperties {
  private static let metadataPrefix = "x-amz-meta-"

  /// Each property that is set, under the name of its header, sorted.
  fileprivate var fields: [(name: String, value: String)] {
    var fields: [(String, String)] = []
    for (name, value) in [
      ("cache-control", cacheControl), ("content-disposition", contentDisposition),
      ("content-encoding", contentEncoding),
      ("content-language", contentLanguage), ("content-type", contentType),
    ] {
      if let value { fields.append((name, value)) }
    }
    return fields + metadata.sorted { $0.key < $1.key }.map { (ObjectProperties.metadataPrefix + $0.key, $0.value) }
  }

  fileprivate init(fields: [(name: String, value: String)]) {
    self.init()
    for (name, value) in fields {
      switch name {
      case "cache-control": cacheControl = value
      case "content-disposition": contentDisposition = value
      case "content-encoding": contentEncoding = value
      case "content-language": contentLanguage = value
      case "content-type": contentType = value
      default: metadata[String(name.dropFirst(ObjectProperties.metadataPrefix.count))] = value
      }
    }
  }
}
