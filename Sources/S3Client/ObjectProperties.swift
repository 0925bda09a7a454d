// SPDX-License-Identifier: Apache-2.0

/// An entity tag, with the quotes it came with, or as a listing has it; compares without them.
package struct ETag: Hashable, Sendable {
  /// Without quotes.
  package let value: String

  package init(_ text: String) {
    let quote = UInt8(ascii: "\"")
    let bytes = text.utf8
    let isQuoted = bytes.count >= 2 && bytes.first == quote && bytes.last == quote
    value = isQuoted ? String(Substring(bytes.dropFirst().dropLast())) : text
  }

  /// With quotes, as headers want it (RFC 9110 §8.8.3).
  package var quoted: String { "\"\(value)\"" }
}

/// What an object says about itself and keeps for its users.
package struct ObjectProperties: Equatable, Sendable {
  package var contentType: String?
  package var contentDisposition: String?
  package var contentEncoding: String?
  package var contentLanguage: String?
  package var cacheControl: String?
  /// The `x-amz-meta-` headers: lowercase name without the prefix, value as on the wire (printable ASCII).
  package var metadata: [String: String]

  package init(contentType: String? = nil, metadata: [String: String] = [:]) {
    self.contentType = contentType
    self.metadata = metadata
  }

  /// Whether an object that was written with these has `theirs` now. What was not said is the store's choice; all metadata counts.
  package func areKept(in theirs: ObjectProperties) -> Bool {
    func isSame(_ ours: String?, _ theirs: String?) -> Bool { ours == nil || ours == theirs }
    // The store keeps names in lowercase.
    let lowercased = Dictionary(metadata.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    return lowercased == theirs.metadata && isSame(contentType, theirs.contentType)
      && isSame(contentDisposition, theirs.contentDisposition) && isSame(contentEncoding, theirs.contentEncoding)
      && isSame(contentLanguage, theirs.contentLanguage) && isSame(cacheControl, theirs.cacheControl)
  }
}

/// What HEAD and GET tell of an object.
package struct ObjectHead: Sendable {
  /// Size of the whole object in bytes, for a ranged GET as well.
  package var size: Int64
  package var etag: ETag
  /// Seconds since 1970.
  package var lastModified: Int64
  package var properties: ObjectProperties
  package var versionID: String?
  package var storageClass: String?
  /// Base64 of the four big-endian bytes, where the store reports it.
  package var checksumCRC32: String?

  package init(
    size: Int64, etag: ETag, lastModified: Int64, properties: ObjectProperties = ObjectProperties(),
    versionID: String? = nil, storageClass: String? = nil, checksumCRC32: String? = nil
  ) {
    self.size = size
    self.etag = etag
    self.lastModified = lastModified
    self.properties = properties
    self.versionID = versionID
    self.storageClass = storageClass
    self.checksumCRC32 = checksumCRC32
  }
}

/// When a write may take effect.
package enum WriteCondition: Equatable, Sendable {
  case always
  /// `If-None-Match: *`: only when there is no object.
  case isAbsent
  /// `If-Match`: only when the object is still this one.
  case matches(ETag)
}

/// The version that a write made.
package struct WrittenObject: Equatable, Sendable {
  package var etag: ETag
  package var versionID: String?
  /// The store's clock when it answered (`Date`), seconds since 1970; the object's LastModified is not later.
  package var serverTime: Int64?
  /// What the object says about itself, when no answer told that it was written and it was recognised instead.
  package var found: ObjectProperties?

  package init(
    etag: ETag, versionID: String? = nil, serverTime: Int64? = nil, found: ObjectProperties? = nil
  ) {
    self.etag = etag
    self.versionID = versionID
    self.serverTime = serverTime
    self.found = found
  }
}
