// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTransport
import S3Client

extension Storage {
  /// Makes a URL with which anybody can read or write an object for a while. No request is sent, unless the options ask for it.
  ///
  /// - Throws: "UrlExpirationMaxLimitExceed" for more than seven days; "NotFound" with `validateObjectExistence`; and what every
  ///   operation throws for a path or a bucket that cannot be.
  public func getURL(path: StoragePath, options: URLOptions = URLOptions()) async throws(StorageError) -> StorageURL {
    let key = try await path.key(in: connections.configuration)
    let plan = try URLPlan(options)
    let client = try await connections.connection(
      to: options.bucket, owner: options.expectedBucketOwner, accelerated: options.useAccelerateEndpoint
    ).client
    let signed: PresignedURL
    do throws(S3Error) {
      if options.validateObjectExistence, options.method == .get { _ = try await client.headObject(key) }
      signed = try await client.presign(
        method: options.method == .put ? .put : .get, key: key, expiresIn: options.expiresIn, headers: plan.headers,
        query: plan.query)
    } catch {
      throw StorageError(error)
    }
    guard let url = URL(string: signed.url) else {
      throw StorageError(.invalidRequest, detail: "the URL is none", path: key.string)
    }
    return StorageURL(
      url: url, expiresAt: Date(timeIntervalSince1970: Double(signed.issued + Int64(signed.expiresIn))),
      expiresIn: signed.expiresIn, method: options.method,
      headers: Dictionary(plan.headers.map { ($0.name, $0.value) }) { $1 })
  }
}
