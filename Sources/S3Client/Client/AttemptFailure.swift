// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import SigV4

/// Why one attempt did not succeed, with all that the planner and the error need of it.
struct AttemptFailure {
  var code: String
  var message: String
  var status = 0
  var requestID: String?
  var transport: TransportError?
  var failureClass: FailureClass
  /// The store may have done what was asked.
  var mayHaveTakenEffect = false
  /// Enough bytes moved to say that the connection works.
  var madeProgress = false
  /// Seconds at the end of the attempt in which nothing moved.
  var idle = 0.0
  /// Seconds.
  var retryAfter: Double?
  /// What the attempt was signed with.
  var credentials: AWSCredentials?
  /// The `Date` of the answer, seconds since 1970.
  var serverTime: Int64?

  /// What is known of an attempt beside its answer.
  struct Context {
    var credentials: AWSCredentials
    /// The time in the signature, seconds since 1970.
    var signedTime: Int64
    var configuredRegion: String
    /// Length of the request's body.
    var bytesSent: Int64
  }

  /// A body smaller than this fits into the buffers of a dead connection: having written it says nothing.
  static let leastProgress: Int64 = 256 << 10

  static let cancelled = AttemptFailure(
    code: S3ErrorCode.cancelled, message: "the request was cancelled", failureClass: .final)

  private init(code: String, message: String, failureClass: FailureClass) {
    self.code = code
    self.message = message
    self.failureClass = failureClass
  }

  /// There are no credentials to sign with.
  init(_ error: CredentialsError) {
    self.init(
      code: S3ErrorCode.noCredentials, message: error.message,
      failureClass: error.isTransient ? .transient : .final)
  }

  /// No answer came.
  init(_ error: TransportError, sending length: Int64, stallTimeout: Double) {
    self.init(
      code: error.kind == .cancelled ? S3ErrorCode.cancelled : S3ErrorCode.transport, message: error.message,
      failureClass: .ofTransport(error))
    transport = error
    switch error.kind {
    case .unresolvedHost, .cannotConnect, .tls, .invalidRequest, .localFile, .localDiskFull: mayHaveTakenEffect = false
    case .stalled, .timedOut, .connectionLost, .tooLarge, .cancelled, .other: mayHaveTakenEffect = true
    }
    madeProgress = error.bytesTransferred > 0 && (length == 0 || error.bytesTransferred >= AttemptFailure.leastProgress)
    idle = error.kind == .stalled ? stallTimeout : 0
  }

  /// The answer is an error.
  init(_ response: HTTPResponse, _ context: Context) {
    self.init(response, ErrorDocument(response.body), status: response.status, context)
  }

  /// The answer said 2xx, and its body says otherwise or nothing that can be understood.
  ///
  /// - Parameter isSlow: of an operation that S3 answers before it is done, a broken body is a failure of the store.
  init(_ failure: AnswerFailure, of response: HTTPResponse, isSlow: Bool, _ context: Context) {
    switch failure {
    case .hidden(let document):
      self.init(response, document, status: S3ErrorCode.status(of: document.code), context)
    case .invalid(let reason):
      self.init(
        code: S3ErrorCode.invalidResponse, message: reason, failureClass: isSlow ? .transient : .final)
      status = response.status
      requestID = AttemptFailure.requestID(response)
      mayHaveTakenEffect = true
    case .otherChecksum:
      // Sent again, the right bytes replace whatever the store has now.
      self.init(
        code: S3ErrorCode.checksumMismatch, message: "the store reports another checksum than the data has",
        failureClass: .transient)
      status = response.status
      requestID = AttemptFailure.requestID(response)
      mayHaveTakenEffect = true
    }
  }

  private init(_ response: HTTPResponse, _ document: ErrorDocument?, status: Int, _ context: Context) {
    let headers = response.headers
    let serverTime = headers["date"].flatMap(HTTPDate.parse)
    self.init(
      code: document?.code ?? S3ErrorCode.code(of: status),
      message: AttemptFailure.message(status, document, headers, context),
      failureClass: .ofAnswer(
        status: status, code: document?.code, signedTimeError: serverTime.map { $0 - context.signedTime } ?? 0,
        hasSessionToken: context.credentials.sessionToken != nil,
        areExpired: context.credentials.expiration.map { $0 <= serverTime ?? context.signedTime } ?? false))
    self.status = status
    requestID = document?.requestID ?? AttemptFailure.requestID(response)
    self.serverTime = serverTime
    credentials = context.credentials
    // 501: the store does not know what it was asked for.
    mayHaveTakenEffect = status >= 500 && status != 501
    madeProgress = context.bytesSent >= AttemptFailure.leastProgress
    retryAfter = headers["retry-after"].flatMap { Decimal.parse($0) }.map(Double.init)
  }

  private static func requestID(_ response: HTTPResponse) -> String? {
    response.headers["x-amz-request-id"].map { ErrorDocument.clean($0, limit: 128) }
  }

  /// One line for a person; an error about the wrong region names the right one.
  private static func message(
    _ status: Int, _ document: ErrorDocument?, _ headers: HTTPHeaders, _ context: Context
  ) -> String {
    let region = headers["x-amz-bucket-region"] ?? document?.region
    if let region, BucketName.isRegion(region), region != context.configuredRegion, (300..<404).contains(status) {
      return "the bucket is in region \(region), not \(context.configuredRegion): set --region \(region)"
    }
    if let message = document?.message, !message.isEmpty { return message }
    return switch status {
    case 300..<400: "the store redirects to another address: check the region and the endpoint"
    case 401, 403: "access denied"
    case 404: "not found"
    case 412: "a condition of the request does not hold"
    default: "the store answered \(status)"
    }
  }

  func error(_ request: S3Request, bucket: String, mayHaveTakenEffect: Bool) -> S3Error {
    S3Error(
      code: code, message: message, status: status, requestID: requestID, operation: request.operation.rawValue,
      bucket: bucket, key: request.key, transport: transport, mayHaveTakenEffect: mayHaveTakenEffect)
  }
}
