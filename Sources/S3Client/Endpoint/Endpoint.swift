// SPDX-License-Identifier: Apache-2.0

import SigV4

/// The address of one bucket: what every URL of it begins with. Pure; made once for a client.
package struct Endpoint: Equatable, Sendable {
  /// `http` or `https`.
  package let scheme: String
  /// As in the Host header: with `:port` unless it is the scheme's default.
  package let host: String
  /// What precedes the key, encoded, with the slash before the key: `/` or `/bucket/`.
  package let prefix: String
  /// The path of the bucket itself: `/` or `/bucket`.
  package let bucketPath: String

  /// Resolves the address of the bucket of a configuration.
  ///
  /// - Throws: ``ConfigurationError`` with one line that names the wrong value.
  package init(_ configuration: S3Configuration) throws(ConfigurationError) {
    let bucket = configuration.bucket
    guard BucketName.isAcceptable(bucket) else {
      throw ConfigurationError(.bucket, "\"\(bucket)\" cannot be the name of a bucket")
    }
    guard BucketName.isRegion(configuration.region) else {
      throw ConfigurationError(
        .region, "\"\(configuration.region)\" cannot be a region; for AWS say, for example, eu-west-1")
    }
    if let owner = configuration.expectedBucketOwner, !BucketName.isAccount(owner) {
      throw ConfigurationError(.owner, "\"\(owner)\" is no AWS account: the expected bucket owner has 12 digits")
    }

    if configuration.usesAcceleration {
      self = try Endpoint(accelerating: configuration)
      return
    }
    let base: BaseURL
    if let endpoint = configuration.endpoint {
      base = try BaseURL(endpoint)
    } else {
      let region = configuration.region.lowercased()
      base = BaseURL(scheme: "https", host: "s3.\(region).\(AWSPartition.dnsSuffix(ofRegion: region))", path: "")
    }

    let inHost =
      switch configuration.addressing {
      case .path: false
      case .automatic: configuration.endpoint == nil && BucketName.isPlainLabel(bucket)
      case .virtualHost: true
      }
    if inHost {
      guard BucketName.isHostName(bucket), !base.isAddress else {
        throw ConfigurationError(
          base.isAddress ? .endpoint : .bucket,
          "bucket \"\(bucket)\" cannot be put before the host \(base.host); use path-style addressing")
      }
      host = "\(bucket).\(base.host)"
      prefix = base.path + "/"
      bucketPath = base.path + "/"
    } else {
      host = base.host
      prefix = "\(base.path)/\(bucket)/"
      bucketPath = "\(base.path)/\(bucket)"
    }
    scheme = base.scheme
  }

  /// The address through Amazon's edge locations (S3 User Guide, "Requirements for using Amazon S3 Transfer Acceleration":
  /// a name that is a DNS label, without dots).
  private init(accelerating configuration: S3Configuration) throws(ConfigurationError) {
    let bucket = configuration.bucket
    guard configuration.endpoint == nil else {
      throw ConfigurationError(
        .endpoint,
        "transfer acceleration is a service of AWS, which a custom endpoint does not have: leave one of them out")
    }
    guard configuration.addressing != .path else {
      throw ConfigurationError(
        .addressing, "transfer acceleration has the bucket in the host name: leave out path-style addressing")
    }
    guard BucketName.isPlainLabel(bucket) else {
      throw ConfigurationError(
        .acceleration, "bucket \"\(bucket)\" cannot be accelerated: its name must be a DNS label without dots")
    }
    scheme = "https"
    host = "\(bucket).s3-accelerate.\(AWSPartition.dnsSuffix(ofRegion: configuration.region.lowercased()))"
    prefix = "/"
    bucketPath = "/"
  }

  /// The path of an object, or of the bucket, percent-encoded by byte. Nothing is normalised: `a//b` and `a/../b` are keys.
  package func path(of key: ObjectKey?) -> String {
    guard let key else { return bucketPath }
    return prefix + URIEncoding.path(key.string)
  }

  package func url(path: String, query: String) -> String {
    query.isEmpty ? "\(scheme)://\(host)\(path)" : "\(scheme)://\(host)\(path)?\(query)"
  }
}

/// A configuration that cannot work.
package struct ConfigurationError: Error, Equatable, Sendable {
  /// Which value is wrong.
  package enum Subject: Equatable, Sendable {
    case bucket, region, owner, endpoint, addressing, acceleration
  }

  package let subject: Subject
  /// One line that names the wrong value and the remedy.
  package let message: String

  package init(_ subject: Subject, _ message: String) {
    self.subject = subject
    self.message = message
  }
}
