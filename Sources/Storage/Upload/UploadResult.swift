// SPDX-License-Identifier: Apache-2.0

/// The object that an upload made; the same for one request and for many parts.
public struct UploadResult: Sendable, Hashable {
  public var path: String
  /// With its quotation marks, as in a header; nil if the store told none.
  public var eTag: String?
  /// In buckets that keep versions.
  public var versionID: String?
  public var contentType: String
  /// As it was given, under lowercase names.
  public var metadata: [String: String]
  /// Bytes.
  public var size: Int64
}
