// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
import S3Client

/// What the store says of an object.
public struct ItemProperties: Sendable, Hashable {
  public var path: String
  /// Bytes.
  public var size: Int64
  public var contentType: String?
  public var contentEncoding: String?
  public var contentDisposition: String?
  public var contentLanguage: String?
  public var cacheControl: String?
  /// As it was given when the object was made, under lowercase names.
  public var metadata: [String: String]
  /// With its quotation marks, as in a header; nil if the store tells none.
  public var eTag: String?
  /// In buckets that keep versions.
  public var versionID: String?
  /// To the second; nil if the store does not tell.
  public var lastModified: Date?
  /// nil for the standard one.
  public var storageClass: String?
  /// Base64 of the CRC-32, where the store keeps it; with a hyphen behind it, one of the checksums of parts.
  public var checksumCRC32: String?
}

extension ItemProperties {
  init(_ head: ObjectHead, path: String) {
    self.init(
      path: path, size: head.size, contentType: head.properties.contentType,
      contentEncoding: head.properties.contentEncoding, contentDisposition: head.properties.contentDisposition,
      contentLanguage: head.properties.contentLanguage, cacheControl: head.properties.cacheControl,
      metadata: UserMetadata.decode(head.properties.metadata), eTag: head.etag.shown, versionID: head.versionID,
      lastModified: Date(secondsOrNone: head.lastModified), storageClass: head.storageClass,
      checksumCRC32: head.checksumCRC32)
  }
}

extension Date {
  /// - Parameter seconds: since 1970; 0 is what the layers below say for "not told".
  init?(secondsOrNone seconds: Int64) {
    if seconds == 0 { return nil }
    self.init(timeIntervalSince1970: Double(seconds))
  }
}
