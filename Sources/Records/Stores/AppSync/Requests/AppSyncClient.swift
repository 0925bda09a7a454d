// SPDX-License-Identifier: Apache-2.0
//
// The one way to the service: an operation in, the value of its field out.
//
// For: AppSyncRecordStore. State: how far the service's clock is ahead, behind a lock. Any task may call, many at once.
// What can go wrong: RecordError. Network errors, 429 and 5xx are tried again, mutations as well, since they say which record they
// mean: what was done twice is the same, and what cannot be done twice fails its condition. Whoever gets an error learns from
// `mayHaveBeenApplied` that the answer of an attempt was lost.

import HTTPTransport
import Locking
import SigV4

struct AppSyncClient: Sendable {
  struct Answer: Sendable {
    /// Of the operation's field; nil for null.
    var value: RecordValue?
    /// An attempt before may have done it already: its answer was lost.
    var hasLostOne: Bool
  }

  let endpoint: AppSyncEndpoint
  let authorization: AppSyncAuthorization
  let transport: any HTTPTransport
  let clock: AppSyncClock
  /// Seconds that the service's clock is ahead of this machine's.
  private let offset = Lock<Int64>(0)

  /// Attempts in all, the first included; one more after new credentials or a set clock.
  static let attempts = 3
  /// Seconds for an attempt: a resolver may take 30 s.
  static let timeout = 30.0
  /// Seconds after which an operation with all its attempts has ended.
  static let deadline = 55.0
  /// Seconds: no attempt begins with less time than this.
  static let shortestAttempt = 5.0
  /// Seconds: the longest wait that a service can ask for.
  static let longestWait = 10.0
  /// In bytes. DynamoDB reads 1 MB a page; AppSync answers 5 MB at most.
  static let answerLimit = 16 << 20

  init(
    endpoint: AppSyncEndpoint, authorization: AppSyncAuthorization, transport: any HTTPTransport, clock: AppSyncClock
  ) {
    self.endpoint = endpoint
    self.authorization = authorization
    self.transport = transport
    self.clock = clock
  }

  /// Sends an operation until it succeeds or has failed for good.
  ///
  /// - Throws: "ConditionFailed" as the service says it: also for a record that is not there, or is already.
  func send(_ operation: AppSyncOperation) async throws(RecordError) -> Answer {
    let body = operation.body
    let start = clock.uptime()
    var failures = 0
    var hasRecovered = false
    var mayHaveBeenApplied = false
    while true {
      let failure: AppSyncFailure
      do throws(AppSyncFailure) {
        let value = try await attempt(operation, body, remaining: start + AppSyncClient.deadline - clock.uptime())
        return Answer(value: value, hasLostOne: mayHaveBeenApplied)
      } catch {
        failure = error
      }
      mayHaveBeenApplied = mayHaveBeenApplied || failure.error.mayHaveBeenApplied
      var error = failure.error
      error.mayHaveBeenApplied = mayHaveBeenApplied
      switch failure.remedy {
      case .none: throw error
      case .newCredentials(let rejected):
        if hasRecovered { throw error }
        hasRecovered = true
        await authorization.invalidate(rejected)
      case .otherTime(let time):
        if hasRecovered { throw error }
        hasRecovered = true
        let seconds = time - clock.now()
        offset.withLock { $0 = seconds }
      case .retry:
        failures += 1
        let delay = delay(after: failures, asked: failure.retryAfter)
        let remaining = start + AppSyncClient.deadline - clock.uptime() - delay
        if failures == AppSyncClient.attempts || remaining < AppSyncClient.shortestAttempt { throw error }
        do throws(RecordError) { try await sleep(delay) } catch let canceled {
          error = canceled
          error.mayHaveBeenApplied = mayHaveBeenApplied
          throw error
        }
      }
    }
  }

  /// - Throws: "Canceled".
  func sleep(_ seconds: Double) async throws(RecordError) {
    do { try await clock.sleep(seconds) } catch { throw AppSyncFailure.canceled.error }
  }

  /// 2^n · 100 ms and a random part of 100 ms more, as Amplify's; longer when the service asks for it.
  private func delay(after failures: Int, asked: Double?) -> Double {
    let delay = 0.1 * Double(1 << failures) + 0.1 * clock.random()
    return max(delay, min(asked ?? 0, AppSyncClient.longestWait))
  }

  private func attempt(
    _ operation: AppSyncOperation, _ body: [UInt8], remaining: Double
  ) async throws(AppSyncFailure) -> RecordValue? {
    if Task.isCancelled { throw .canceled }
    var headers = HTTPHeaders([("content-type", "application/json; charset=UTF-8")])
    let time = clock.now() + offset.withLock { $0 }
    let credentials: AWSCredentials?
    do {
      credentials = try await authorization.authorize(&headers, to: endpoint, body: body, at: time)
    } catch {
      throw Task.isCancelled ? .canceled : AppSyncFailure(error)
    }
    let request = HTTPRequest(
      method: .post, url: endpoint.url, headers: headers, body: .bytes(body),
      destination: .collect(limit: AppSyncClient.answerLimit),
      totalTimeout: max(AppSyncClient.shortestAttempt, min(AppSyncClient.timeout, remaining)))
    let response: HTTPResponse
    do { response = try await transport.perform(request) } catch { throw AppSyncFailure(error, operation) }
    let answer = GraphQLAnswer(response.body)
    if response.status == 200, let answer, answer.problems.isEmpty, let value = answer.data?[operation.name] {
      // Not by `?:`, which would take nil for the value null.
      if value.isNull { return nil }
      return value
    }
    throw AppSyncFailure(
      response, answer,
      .init(
        operation: operation, mode: authorization.mode, credentials: credentials, signedTime: time,
        secrets: ["authorization", "x-api-key", "x-amz-security-token"].compactMap { headers[$0] }))
  }
}
