// SPDX-License-Identifier: Apache-2.0

import GRDB
package import S3Client
package import Transfer

/// A row of table `upload`: a multipart upload of a dirty file, with the rows of `part` that belong to it.
package struct IndexedUpload: Equatable, Sendable {
  package var begun: MultipartUpload.Begun
  package var key: ObjectKey
  /// What the store was told when it began.
  package var properties: ObjectProperties
  /// The ladder's base size in bytes: with another one the parts have other borders.
  package var partSize: Int64
  /// In the order of their numbers.
  package var parts: [SentPart]

  package init(
    begun: MultipartUpload.Begun, key: ObjectKey, properties: ObjectProperties, partSize: Int64,
    parts: [SentPart] = []
  ) {
    self.begun = begun
    self.key = key
    self.properties = properties
    self.partSize = partSize
    self.parts = parts
  }

  /// What the insertion for file `id` binds.
  func arguments(_ id: String) -> StatementArguments {
    [
      id, IndexText.encode(begun.id.string), IndexText.encode(key.string), PropertiesText.encode(properties),
      begun.checksums.rawValue, partSize,
    ]
  }

  static let columns = "upload_id, key, properties, checksums, part_size"

  /// Nil for a row of ``columns`` that ``arguments(_:)`` did not make.
  init?(_ row: Row) {
    guard let id = IndexText.decode(row[0]), !id.isEmpty, let key = IndexText.decode(row[1]), !key.isEmpty,
      case .string(let text) = (row[2] as DatabaseValue).storage, text.utf8.allSatisfy({ $0 < 0x80 }),
      let properties = PropertiesText.decode(text), let name = IndexText.decode(row[3]),
      let checksums = MultipartChecksums(rawValue: name), let size = (row[4] as DatabaseValue).integer, size > 0
    else { return nil }
    self.init(
      begun: MultipartUpload.Begun(id: UploadID(id), checksums: checksums), key: ObjectKey(key), properties: properties,
      partSize: size)
  }
}

extension SentPart {
  /// What the insertion for file `id` binds.
  func arguments(_ id: String) -> StatementArguments {
    [id, number, length, IndexText.encode(etag.value), Int64(crc32)]
  }

  /// Nil for a row of number, length, etag, crc32 that ``arguments(_:)`` did not make. No initializer: Swift 6.3 fails to compile
  /// that one.
  static func decode(_ row: Row) -> SentPart? {
    let number: DatabaseValue = row[0]
    let length: DatabaseValue = row[1]
    let crc32: DatabaseValue = row[3]
    guard let number = number.integer, 1...10_000 ~= number, let length = length.integer, length >= 0,
      let etag = IndexText.decode(row[2]), let sum = crc32.integer, let sum = UInt32(exactly: sum)
    else { return nil }
    return SentPart(number: Int(number), length: length, etag: ETag(etag), crc32: sum)
  }
}
