// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
package import S3Client

/// Words for a store that does not answer as a mount needs it: the cause, and what to do about it.
package enum StoreFailure {
  /// - Parameter endpoint: the address that was asked, or nil for AWS.
  package static func describe(
    _ error: S3Error, bucket: String, endpoint: String?, region: String
  ) -> MountFailure {
    let store = endpoint ?? "AWS (region \(region))"
    if let transport = error.transport { return describe(transport, store: store, isCustom: endpoint != nil) }
    switch error.code {
    case "NoCredentials":
      return MountFailure(error.message)
    case "InvalidAccessKeyId", "InvalidClientTokenId":
      return MountFailure("\(store) does not know the access key; check AWS_ACCESS_KEY_ID or the profile\(hint(error))")
    case "SignatureDoesNotMatch":
      return MountFailure(
        "the secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY or the profile\(hint(error))")
    case "ExpiredToken", "TokenRefreshRequired", "InvalidToken":
      return MountFailure("the credentials have expired; sign in again or renew the session token\(hint(error))")
    case "RequestTimeTooSkewed", "RequestExpired":
      return MountFailure("the clock of this machine is wrong by more than the store accepts; set it (timedatectl)")
    case "NoSuchBucket":
      return MountFailure("bucket \(bucket) does not exist at \(store); check its name, or create it first")
    case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      return MountFailure("bucket \(bucket) is not in region \(region) (\(error.message)); give its own with --region")
    case "InvalidBucketName":
      return MountFailure("\(store) has no bucket of the name \(bucket): it is not a valid one there")
    default: return describe(status: error, bucket: bucket, store: store, region: region)
    }
  }

  private static func describe(status error: S3Error, bucket: String, store: String, region: String) -> MountFailure {
    switch error.status {
    case 301, 307:
      MountFailure("bucket \(bucket) is not in region \(region) (\(error.message)); give its own with --region")
    case 401, 403:
      MountFailure(
        "\(store) denies access to bucket \(bucket) (\(error.code)); the credentials need s3:ListBucket on it\(hint(error))"
      )
    case 404:
      MountFailure("bucket \(bucket) does not exist at \(store); check its name, or create it first")
    case 0:
      MountFailure("\(store): \(error.message); check that --endpoint is an S3 store's")
    case 500...:
      MountFailure("\(store) is out of order: \(error.code) (\(error.status)): \(error.message); try again later")
    default:
      MountFailure(
        "\(store) answers \(error.code) (\(error.status)): \(error.message); check --endpoint and --addressing")
    }
  }

  private static func describe(_ error: TransportError, store: String, isCustom: Bool) -> MountFailure {
    let remedy = isCustom ? "check --endpoint and that the store runs" : "check the network"
    switch error.kind {
    case .unresolvedHost: return MountFailure("\(store): no such host; \(remedy)")
    case .cannotConnect: return MountFailure("\(store) cannot be reached: \(error.message); \(remedy)")
    case .tls:
      return MountFailure(
        "\(store): the certificate is not trusted: \(error.message); name its authority with -o ca-file=FILE")
    case .stalled, .timedOut, .cancelled: return MountFailure("\(store) does not answer; \(remedy)")
    default: return MountFailure("\(store): \(error.message); \(remedy)")
    }
  }

  private static func hint(_ error: S3Error) -> String {
    error.requestID.map { " [request \($0)]" } ?? ""
  }
}
