// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

import S3Client

@Suite struct RetryPlannerTests {
  struct Step: Sendable {
    var failure: FailureClass
    var elapsed: Double
    var progressAt: Double?
    var retryAfter: Double?
    var random = 0.0
    var decision: RetryPlanner.Decision
  }

  struct Story: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var steps: [Step]
  }

  @Test(arguments: [
    Story(
      testDescription: "three attempts, doubling waits",
      steps: [
        Step(failure: .transient, elapsed: 0.1, decision: .retry(after: 0.2)),
        Step(failure: .transient, elapsed: 0.4, random: 1, decision: .retry(after: 0.5)),
        Step(failure: .transient, elapsed: 1, decision: .fail),
      ]),
    Story(testDescription: "an answer", steps: [Step(failure: .final, elapsed: 0, decision: .fail)]),
    Story(
      testDescription: "the token is refreshed once beyond the attempts",
      steps: [
        Step(failure: .transient, elapsed: 0, decision: .retry(after: 0.2)),
        Step(failure: .expiredCredentials, elapsed: 0.3, decision: .retry(after: 0)),
        Step(failure: .transient, elapsed: 0.4, decision: .retry(after: 0.4)),
        Step(failure: .expiredCredentials, elapsed: 0.9, decision: .fail),
      ]),
    Story(
      testDescription: "further tokens that have ended are attempts",
      steps: [
        Step(failure: .expiredCredentials, elapsed: 0, decision: .retry(after: 0)),
        Step(failure: .expiredCredentials, elapsed: 0, decision: .retry(after: 0)),
        Step(failure: .expiredCredentials, elapsed: 0, decision: .retry(after: 0)),
        Step(failure: .expiredCredentials, elapsed: 0, decision: .fail),
      ]),
    Story(
      testDescription: "the clock is set, and the attempts count",
      steps: [
        Step(failure: .clockSkew, elapsed: 0, decision: .retry(after: 0)),
        Step(failure: .clockSkew, elapsed: 0, decision: .retry(after: 0)),
        Step(failure: .clockSkew, elapsed: 0, decision: .fail),
      ]),
    Story(
      testDescription: "Retry-After within the bound",
      steps: [Step(failure: .transient, elapsed: 1, retryAfter: 30, decision: .retry(after: 30))]),
    Story(
      testDescription: "Retry-After beyond the bound",
      steps: [Step(failure: .transient, elapsed: 1, retryAfter: 60, decision: .fail)]),
    Story(
      testDescription: "Retry-After shorter than our own wait",
      steps: [Step(failure: .transient, elapsed: 1, retryAfter: 0, decision: .retry(after: 0.2))]),
    Story(
      testDescription: "48 s without a byte: 55 less connecting and a useful attempt are over",
      steps: [Step(failure: .transient, elapsed: 48, decision: .fail)]),
    Story(
      testDescription: "47 s without a byte: one more",
      steps: [Step(failure: .transient, elapsed: 47, decision: .retry(after: 0.2))]),
    Story(
      testDescription: "progress begins the time anew",
      steps: [
        Step(failure: .transient, elapsed: 600, progressAt: 585, decision: .retry(after: 0.2)),
        Step(failure: .transient, elapsed: 633, decision: .fail),
      ]),
  ])
  func decides(_ story: Story) {
    var planner = RetryPlanner(policy: RetryPolicy())
    for step in story.steps {
      let decision = planner.decide(
        after: step.failure, elapsed: step.elapsed, progressAt: step.progressAt, retryAfter: step.retryAfter,
        random: step.random)
      #expect(decision == step.decision)
    }
  }

  /// Attempts that connect for 5 s and then stall: the third gets what is left.
  /// SEMANTICS: deadlines
  @Test func aSilentStoreIsGivenUpAfter55Seconds() {
    var planner = RetryPlanner(policy: RetryPolicy())
    var elapsed = 0.0
    var timeouts: [Double] = []
    while true {
      timeouts.append(planner.stallTimeout(elapsed: elapsed, preferred: 15))
      elapsed += 5 + timeouts.last!
      guard case .retry(let delay) = planner.decide(after: .transient, elapsed: elapsed, random: 1) else { break }
      elapsed += delay
    }
    #expect(timeouts.count == 3)
    #expect(timeouts[0] == 15 && timeouts[1] == 15)
    #expect(elapsed <= 55 && elapsed > 54.9)
  }

  @Test(
    arguments: [
      (503, "SlowDown", .transient), (429, nil, .transient), (500, "InternalError", .transient), (502, nil, .transient),
      (504, nil, .transient), (501, "NotImplemented", .final), (400, "RequestTimeout", .transient),
      (400, "ThrottlingException", .transient), (400, "Throttling", .transient),
      (400, "TooManyRequestsException", .transient),
      (404, "NoSuchKey", .final), (404, nil, .final), (403, "AccessDenied", .final), (403, nil, .final),
      (409, "OperationAborted", .final), (409, "ConditionalRequestConflict", .final),
      (412, "PreconditionFailed", .final),
      (412, nil, .final), (400, "ExpiredToken", .expiredCredentials), (403, "RequestExpired", .expiredCredentials),
      (301, "PermanentRedirect", .final), (400, "BadDigest", .final), (400, nil, .final),
      (403, "RequestTimeTooSkewed", .final),
    ] as [(Int, String?, FailureClass)])
  func classesAnswers(_ status: Int, _ code: String?, _ expected: FailureClass) {
    #expect(FailureClass.ofAnswer(status: status, code: code) == expected)
  }

  @Test func classesWhatHEADCannotSay() {
    #expect(FailureClass.ofAnswer(status: 400, code: nil, hasSessionToken: true) == .expiredCredentials)
    #expect(FailureClass.ofAnswer(status: 403, code: nil, hasSessionToken: true) == .final)
    #expect(
      FailureClass.ofAnswer(status: 403, code: nil, hasSessionToken: true, areExpired: true) == .expiredCredentials)
    #expect(FailureClass.ofAnswer(status: 403, code: nil, signedTimeError: -901) == .clockSkew)
    #expect(FailureClass.ofAnswer(status: 404, code: nil, signedTimeError: 5_000) == .final)
    #expect(FailureClass.ofAnswer(status: 403, code: "RequestTimeTooSkewed", signedTimeError: 901) == .clockSkew)
    #expect(FailureClass.ofAnswer(status: 403, code: "SignatureDoesNotMatch", signedTimeError: 241) == .clockSkew)
    #expect(FailureClass.ofAnswer(status: 403, code: "SignatureDoesNotMatch", signedTimeError: 240) == .final)
  }

  @Test(arguments: [
    (TransportError.Kind.connectionLost, FailureClass.transient), (.stalled, .transient), (.cannotConnect, .transient),
    (.cancelled, .final), (.tooLarge, .final), (.tls, .final), (.localFile, .final),
  ])
  func classesTransportErrors(_ kind: TransportError.Kind, _ expected: FailureClass) {
    #expect(FailureClass.ofTransport(TransportError(kind, "")) == expected)
  }
}
