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

  /// The largest sum of names and values of user metadata, in bytes.
  static let metadataLimit = 2_048

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
    // What may stand in a header name (RFC 9110 §5.6.2), in lowercase.
    guard !key.isEmpty, key.utf8.allSatisfy(ExtendedAttribute.isNameByte), !StoredAttributes.names.contains(key) else {
      throw .EINVAL
    }
    self = .metadata(key)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  /// A value as a header can carry it: printable ASCII stays, `%` and all else becomes `%XX`.
  static func encode(_ value: [UInt8]) -> String {
    var result = ""
    for (index, byte) in value.enumerated() {
      // A space at either end would be trimmed by HTTP.
      let isEdge = index == 0 || index == value.count - 1
      if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") || byte == 0x20 && !isEdge {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  /// The bytes of a value; a `%` that begins no two hex digits stands for itself, as other programs write it.
  static func decode(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
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
