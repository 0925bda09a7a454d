// SPDX-License-Identifier: Apache-2.0
//
// Which extended attribute is which property of an object. Pure.
//
// `user.mime_type` and four names like it are headers; `user.s3.…` are facts that cannot be set; any other `user.KEY` is the
// user metadata `x-amz-meta-key`. S3 keeps metadata as printable ASCII in at most 2 KB, names in lowercase (S3 User Guide,
// "User-defined object metadata"): other bytes of a value are percent-encoded, and a name with capitals is refused rather than
// silently changed into another.

import S3Client
import VFS

enum ExtendedAttribute: Equatable, Sendable {
  case header(Header)
  case metadata(String)
  case fact(Fact)

  enum Fact: String, CaseIterable, Sendable {
    case etag, bucket, key
    case versionID = "version_id"
    case storageClass = "storage_class"
    case checksum = "checksum_crc32"
    /// Not listed: each look makes a new one.
    case url
    case uploadURL = "upload_url"
  }

  /// The name of a property behind `user.`.
  enum Header: String, CaseIterable, Sendable {
    case contentType = "mime_type"
    case contentDisposition = "content_disposition"
    case contentEncoding = "content_encoding"
    case contentLanguage = "content_language"
    case cacheControl = "cache_control"
  }

  /// Throws EOPNOTSUPP for another namespace, EINVAL for a name that S3 cannot have.
  init(_ name: String) throws(Errno) {
    guard name.hasPrefix("user.") else { throw .EOPNOTSUPP }
    let key = String(name.dropFirst("user.".count))
    if let header = Header(rawValue: key) {
      self = .header(header)
      return
    }
    if key.hasPrefix("s3.") {
      guard let fact = Fact(rawValue: String(key.dropFirst("s3.".count))) else { throw .ENODATA }
      self = .fact(fact)
      return
    }
    guard MetadataText.isName(key), !StoredAttributes.names.contains(key), key != StoredAttributes.linkName else {
      throw .EINVAL
    }
    self = .metadata(key)
  }
}

extension ObjectProperties {
  subscript(header: ExtendedAttribute.Header) -> String? {
    get {
      switch header {
      case .contentType: contentType
      case .contentDisposition: contentDisposition
      case .contentEncoding: contentEncoding
      case .contentLanguage: contentLanguage
      case .cacheControl: cacheControl
      }
    }
    set {
      switch header {
      case .contentType: contentType = newValue
      case .contentDisposition: contentDisposition = newValue
      case .contentEncoding: contentEncoding = newValue
      case .contentLanguage: contentLanguage = newValue
      case .cacheControl: cacheControl = newValue
      }
    }
  }
}
