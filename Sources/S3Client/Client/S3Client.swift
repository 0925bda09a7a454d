// SPDX-License-Identifier: Apache-2.0
//
// The S3 REST operations on one bucket, typed: a call is a request with its retries, and a result or an S3Error.
//
// For: the transfer engine, the file system and the storage API. The operations stand in extensions, one a file, and all
// go through `send` (S3Client+Send.swift): address, credentials, signature, transport, errors, retries.
// State: what the store's clock differs from ours by, and how many requests were sent, each behind a lock that is held for
// nanoseconds. Any task may call, many at once; nothing blocks the thread.
// What can go wrong: S3Error, with the store's code where it gave one. A write that failed without an answer may have
// been done: `S3Error.mayHaveTakenEffect`.

package import Credentials
package import HTTPTransport
import Locking
package import Logging
import SigV4

package final class S3Client: Sendable {
  let configuration: S3Configuration
  let endpoint: Endpoint
  let credentials: any CredentialsProvider
  let transport: any HTTPTransport
  let clock: S3Clock
  let logger: Logger?
  let signer: Signer

  /// Seconds to add to our clock to get that of the store; learned from an answer that refused our time.
  let clockOffset = Lock<Int64>(0)
  private let counts = Lock<[S3Operation: Int]>([:])

  /// Seconds since some fixed moment, counted while the machine sleeps, too; for `retryingSince`.
  package var stopwatch: Double { clock.stopwatch() }

  /// - Throws: `S3Error` with code "InvalidRequest" for a bucket name, region, owner or endpoint that cannot be.
  package init(
    configuration: S3Configuration, credentials: any CredentialsProvider, transport: any HTTPTransport,
    logger: Logger? = nil, clock: S3Clock = .system
  ) throws(S3Error) {
    do {
      endpoint = try Endpoint(configuration)
    } catch {
      throw S3Error(
        code: S3ErrorCode.invalidRequest, message: error.message, operation: S3Operation.configuration.rawValue,
        bucket: configuration.bucket)
    }
    self.configuration = configuration
    self.credentials = credentials
    self.transport = transport
    self.clock = clock
    self.logger = logger
    signer = Signer(service: "s3", region: configuration.region)
  }

  /// The bucket that all operations are about.
  package var bucket: String { configuration.bucket }

  /// Whether the store is Amazon's, so that it can do what the S3 User Guide says.
  package var isOfAWS: Bool { configuration.endpoint == nil }

  /// The store that has the bucket: scheme, host and what precedes keys in its URLs.
  package var storeName: String { endpoint.url(path: endpoint.prefix, query: "") }

  /// How many requests were sent since the client was made, by the name of the operation, retries included.
  package var requestCounts: [String: Int] {
    let counts = counts.withLock { $0 }
    return Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
  }

  func count(_ operation: S3Operation) { counts.withLock { $0[operation, default: 0] += 1 } }
}
