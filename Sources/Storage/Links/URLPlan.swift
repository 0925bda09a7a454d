// SPDX-License-Identifier: Apache-2.0
//
// What goes into a presigned URL. Pure.
//
// For a PUT, type, disposition and cache control are signed as headers: only then does the store compare them with what is sent,
// and only then do they take effect. (Amplify JS puts them into the query, where S3 ignores them.) For a GET they are parameters
// of GetObject that override what the object says (S3 API Reference, "GetObject").

import S3Client

struct URLPlan: Equatable {
  /// Lowercase names, in order.
  var headers: [(name: String, value: String)] = []
  var query: [(name: String, value: String)] = []

  /// The longest life of a URL: seven days, in seconds (Signature Version 4).
  static let longestLife = 604_800

  /// - Throws: "UrlExpirationMaxLimitExceed", "InvalidUrlExpiration", "InvalidHeaderValue", "InvalidAWSAccountID".
  init(_ options: URLOptions) throws(StorageError) {
    if options.expiresIn > URLPlan.longestLife { throw StorageError(.urlExpirationMaxLimitExceed) }
    if options.expiresIn < 1 { throw StorageError(.invalidURLExpiration, detail: "\(options.expiresIn) seconds") }
    try AccountID.check(options.expectedBucketOwner)
    for (option, header, value) in [
      ("contentType", "content-type", options.contentType),
      ("contentDisposition", "content-disposition", options.contentDisposition?.value),
      ("cacheControl", "cache-control", options.cacheControl),
    ] {
      guard let value else { continue }
      try HeaderText.check(option, value)
      switch options.method {
      case .get: query.append(("response-" + header, value))
      case .put: headers.append((header, value))
      }
    }
  }

  static func == (left: URLPlan, right: URLPlan) -> Bool {
    left.headers.elementsEqual(right.headers, by: ==) && left.query.elementsEqual(right.query, by: ==)
  }
}
