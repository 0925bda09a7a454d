// SPDX-License-Identifier: Apache-2.0

/// Where the bucket's name stands in a URL.
package enum AddressingStyle: Equatable, Sendable {
  /// In the path for a custom endpoint and for a name that is no plain DNS label, in the host name otherwise.
  case automatic
  /// `https://host/bucket/key`.
  case path
  /// `https://bucket.host/key`.
  case virtualHost
}

/// Which bucket to talk to, and how.
package struct S3Configuration: Sendable {
  package var bucket: String
  /// For example `eu-west-1`; signed into every request.
  package var region: String
  /// `http` or `https`, host, optional port and path prefix: "http://127.0.0.1:8333"; nil for AWS in the region.
  package var endpoint: String?
  package var addressing: AddressingStyle
  /// Through Amazon's edge locations, `BUCKET.s3-accelerate.amazonaws.com`; without a custom endpoint only.
  package var usesAcceleration: Bool
  /// The 12 digits of the account the bucket must belong to; sent as `x-amz-expected-bucket-owner` on every request.
  package var expectedBucketOwner: String?
  package var retry: RetryPolicy

  package init(
    bucket: String, region: String, endpoint: String? = nil, addressing: AddressingStyle = .automatic,
    usesAcceleration: Bool = false, expectedBucketOwner: String? = nil, retry: RetryPolicy = RetryPolicy()
  ) {
    self.bucket = bucket
    self.region = region
    self.endpoint = endpoint
    self.addressing = addressing
    self.usesAcceleration = usesAcceleration
    self.expectedBucketOwner = expectedBucketOwner
    self.retry = retry
  }
}
