// SPDX-License-Identifier: Apache-2.0
//
// The one way to the store. Each attempt asks for credentials and signs anew, so a long retry never sends an old
// signature; the planner decides what follows a failure.

import Credentials
import HTTPTransport
import Locking
import Logging
import SigV4

extension S3Client {
  /// Sends a request until it succeeds or has failed for good.
  ///
  /// - Parameter decode: makes the result of a 2xx; what it refuses is a failure of the attempt.
  func send<Result>(
    _ request: S3Request, decode: (HTTPResponse) throws(AnswerFailure) -> Result
  ) async throws(S3Error) -> Result {
    if let name = HeaderSyntax.firstInvalidName(in: request.headers) {
      throw invalidRequest(request.operation, request.key, "the header \(name) holds a character that it cannot")
    }
    // The path of an empty key is that of the bucket: a PUT would create it, and a DELETE delete it.
    if let key = request.key, key.string.isEmpty { throw invalidRequest(request.operation, key, "an empty key") }
    let payload = request.payloadHash
    let start = clock.uptime()
    var planner = RetryPlanner(policy: configuration.retry)
    var mayHaveTakenEffect = false
    var refused: AWSCredentials?
    while true {
      var failure: AttemptFailure
      switch await attempt(request, payload: payload, planner: planner, start: start, decode: decode) {
      case .success(let result): return result
      case .failure(let error): failure = error
      }
      mayHaveTakenEffect = mayHaveTakenEffect || (request.operation.isWrite && failure.mayHaveTakenEffect)
      if failure.failureClass == .expiredCredentials {
        // Their source has no others.
        if failure.credentials == refused { failure.failureClass = .final }
        refused = failure.credentials
      }
      let elapsed = clock.uptime() - start
      let decision = planner.decide(
        after: failure.failureClass, elapsed: elapsed, progressAt: failure.madeProgress ? elapsed - failure.idle : nil,
        retryAfter: failure.retryAfter, random: clock.random())
      guard case .retry(let delay) = decision else {
        throw failure.error(request, bucket: bucket, mayHaveTakenEffect: mayHaveTakenEffect)
      }
      await recover(from: failure)
      logger?.debug(
        "retrying a request",
        metadata: [
          "operation": "\(request.operation.rawValue)", "code": "\(failure.code)", "status": "\(failure.status)",
          "delay": "\(delay)",
        ])
      do {
        if delay > 0 { try await clock.sleep(delay) }
      } catch {
        throw AttemptFailure.cancelled.error(request, bucket: bucket, mayHaveTakenEffect: mayHaveTakenEffect)
      }
    }
  }

  /// Sends a request whose answer has no body of interest.
  func send(_ request: S3Request) async throws(S3Error) -> HTTPResponse {
    try await send(request) { (response) throws(AnswerFailure) in response }
  }

  private func attempt<Result>(
    _ request: S3Request, payload: PayloadHash, planner: RetryPlanner, start: Double,
    decode: (HTTPResponse) throws(AnswerFailure) -> Result
  ) async -> AttemptResult<Result> {
    if Task.isCancelled { return .failure(.cancelled) }
    let credentials: AWSCredentials
    do {
      credentials = try await self.credentials.credentials()
    } catch {
      return .failure(Task.isCancelled ? .cancelled : AttemptFailure(error))
    }
    let signedTime = clock.now() + clockOffset.withLock { $0 }
    var message = signed(request, payload: payload, with: credentials, at: signedTime)
    // After the credentials: getting them may have taken its time.
    let stallTimeout = planner.stallTimeout(elapsed: clock.uptime() - start, preferred: request.stallTimeout)
    message.stallTimeout = stallTimeout
    count(request.operation)

    let response: HTTPResponse
    do {
      response = try await transport.perform(message)
    } catch {
      return .failure(AttemptFailure(error, sending: request.body.length, stallTimeout: stallTimeout))
    }
    let context = AttemptFailure.Context(
      credentials: credentials, signedTime: signedTime, configuredRegion: configuration.region,
      bytesSent: request.body.length)
    guard (200..<300).contains(response.status) else { return .failure(AttemptFailure(response, context)) }
    do throws(AnswerFailure) {
      return .success(try decode(response))
    } catch {
      return .failure(AttemptFailure(error, of: response, isSlow: request.operation.isSlow, context))
    }
  }

  private func signed(
    _ request: S3Request, payload: PayloadHash, with credentials: AWSCredentials, at time: Int64
  ) -> HTTPRequest {
    var headers = request.headers
    if let owner = configuration.expectedBucketOwner { headers.append("x-amz-expected-bucket-owner", owner) }
    let path = endpoint.path(of: request.key)
    let signable = SignableRequest(
      method: request.method.rawValue, host: endpoint.host, path: path, query: request.query, headers: headers.fields,
      payload: payload)
    for field in signer.sign(signable, with: credentials, at: time) { headers.append(field.name, field.value) }
    return HTTPRequest(
      method: request.method, url: endpoint.url(path: path, query: URIEncoding.query(request.query)),
      headers: headers, body: request.body, destination: request.destination, onBodySent: request.onBodySent,
      onBodyReceived: request.onBodyReceived)
  }

  /// Does what the next attempt needs: new credentials, or the right time.
  private func recover(from failure: AttemptFailure) async {
    switch failure.failureClass {
    case .expiredCredentials:
      if let rejected = failure.credentials { await credentials.invalidate(rejected) }
    case .clockSkew:
      guard let serverTime = failure.serverTime else { return }
      let offset = serverTime - clock.now()
      clockOffset.withLock { $0 = offset }
      logger?.info("the clock differs from that of the store", metadata: ["seconds": "\(offset)"])
    case .transient, .final:
      break
    }
  }

  func invalidRequest(_ operation: S3Operation, _ key: ObjectKey?, _ message: String) -> S3Error {
    S3Error(
      code: S3ErrorCode.invalidRequest, message: message, operation: operation.rawValue, bucket: bucket, key: key)
  }
}

enum AttemptResult<Success> {
  case success(Success)
  case failure(AttemptFailure)
}
