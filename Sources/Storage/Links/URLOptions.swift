// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// What a URL is good for.
public struct URLOptions: Sendable {
  public enum Method: String, Sendable, Hashable {
    /// Read the object.
    case get = "GET"
    /// Write it, in one request of at most 5 GiB.
    case put = "PUT"
  }

  public var method: Method
  /// nil: the default bucket of the configuration.
  public var bucket: StorageBucket?
  /// Seconds, 1 to 604,800; cut to the life of the credentials, see ``StorageURL/expiresIn``.
  public var expiresIn: Int
  /// Of a PUT: the Content-Type that whoever uploads must send; the store refuses any other. Of a GET: the one to answer with.
  public var contentType: String?
  /// The same for Content-Disposition.
  public var contentDisposition: ContentDisposition?
  /// The same for Cache-Control.
  public var cacheControl: String?
  public var useAccelerateEndpoint: Bool
  /// The 12 digits of the account that the bucket must belong to; part of the URL.
  public var expectedBucketOwner: String?
  /// Asks the store first whether there is such an object, and fails with "NotFound" otherwise; of a GET only.
  public var validateObjectExistence: Bool

  public init(
    method: Method = .get, bucket: StorageBucket? = nil, expiresIn: Int = 900, contentType: String? = nil,
    contentDisposition: ContentDisposition? = nil, cacheControl: String? = nil, useAccelerateEndpoint: Bool = false,
    expectedBucketOwner: String? = nil, validateObjectExistence: Bool = false
  ) {
    self.method = method
    self.bucket = bucket
    self.expiresIn = expiresIn
    self.contentType = contentType
    self.contentDisposition = contentDisposition
    self.cacheControl = cacheControl
    self.useAccelerateEndpoint = useAccelerateEndpoint
    self.expectedBucketOwner = expectedBucketOwner
    self.validateObjectExistence = validateObjectExistence
  }
}

/// A URL that anybody can use for one kind of request to one object, for a while, without credentials.
public struct StorageURL: Sendable, Hashable {
  public var url: URL
  public var expiresAt: Date
  /// Seconds from the time when it was made; fewer than asked for when the credentials that signed it end before.
  public var expiresIn: Int
  public var method: URLOptions.Method
  /// The headers that a request with this URL must have, exactly so. A GET needs none.
  public var headers: [String: String]
}
