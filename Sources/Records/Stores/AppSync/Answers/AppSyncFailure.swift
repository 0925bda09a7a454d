// SPDX-License-Identifier: Apache-2.0
//
// What one attempt came to when it was no success: the error, and what may help. Pure.

import Credentials
import HTTPTransport
import SigV4

struct AppSyncFailure: Error {
  enum Remedy: Equatable {
    case none
    /// The same request again, later.
    case retry
    /// With other credentials than these.
    case newCredentials(AWSCredentials)
    /// With a signature of this time, seconds since 1970.
    case otherTime(Int64)
  }

  var error: RecordError
  var remedy: Remedy
  /// Seconds that the service asks to wait.
  var retryAfter: Double?

  /// What is known of an attempt beside its answer.
  struct Context {
    var operation: AppSyncOperation
    var mode: AppSyncAuthorization.Mode
    /// Of the signature.
    var credentials: AWSCredentials?
    /// Of the signature, seconds since 1970.
    var signedTime: Int64
    /// What was sent and no message may repeat: services quote a header that they do not understand.
    var secrets: [String]
  }

  init(_ error: RecordError, _ remedy: Remedy = .none) {
    self.error = error
    self.remedy = remedy
  }

  static let canceled = AppSyncFailure(RecordError(.canceled, "the request was cancelled"))

  /// There is nothing to authorize the request with.
  init(_ error: CredentialsError) {
    self.init(RecordError(error.isTransient ? .unavailable : .unauthorized, error.message))
  }

  /// No answer came.
  init(_ error: TransportError, _ operation: AppSyncOperation) {
    let mayHaveBeenApplied =
      switch error.kind {
      case .unresolvedHost, .cannotConnect, .tls, .invalidRequest, .localFile, .localDiskFull: false
      case .stalled, .timedOut, .connectionLost, .tooLarge, .cancelled, .other: operation.isMutation
      }
    let code: RecordErrorCode =
      switch error.kind {
      case .cancelled: .canceled
      case .tooLarge: .invalidResponse
      default: .unavailable
      }
    self.init(
      RecordError(code, "\(operation.name): \(error.message)", mayHaveBeenApplied: mayHaveBeenApplied),
      error.isTransient ? .retry : .none)
  }

  /// The answer says what is wrong, or cannot be understood.
  ///
  /// - Parameter answer: nil when it is no GraphQL.
  init(_ response: HTTPResponse, _ answer: GraphQLAnswer?, _ context: Context) {
    let operation = context.operation
    guard let problem = answer.flatMap({ AppSyncFailure.worst($0.problems) }) else {
      // 501: it does not know what it was asked for. An answer of 200 that is none may come from something in between, or not.
      let isBroken = response.status >= 500 && response.status != 501
      let isBusy = isBroken || response.status == 429
      self.init(
        RecordError(
          isBusy ? .unavailable : .invalidResponse,
          "\(operation.name): the service answered \(response.status), with nothing that is GraphQL",
          mayHaveBeenApplied: operation.isMutation && (isBroken || response.status == 200)), isBusy ? .retry : .none)
      retryAfter = AppSyncFailure.retryAfter(response, context)
      return
    }
    let name = AppSyncErrorName.of(problem.type ?? response.headers["x-amzn-errortype"])
    let (code, remedy) = AppSyncFailure.classify(name, problem.message ?? "", response, context)
    let isBroken = response.status >= 500 && response.status != 501 || AppSyncErrorName.broken.contains(name)
    // The operation was done, and only something of what it answers could not be had.
    let hasValue = answer?.data?[operation.name].map { !$0.isNull } ?? false
    let isDone = operation.isMutation && (problem.depth > 1 || hasValue)
    self.init(
      RecordError(
        code, AppSyncFailure.message(code, problem, response, context),
        errorType: problem.type.map { AppSyncFailure.line($0, limit: 100) },
        mayHaveBeenApplied: operation.isMutation && isBroken || isDone), isDone ? .none : remedy)
    retryAfter = AppSyncFailure.retryAfter(response, context)
  }

  // MARK: Which error it is

  private static func classify(
    _ name: String, _ message: String, _ response: HTTPResponse, _ context: Context
  ) -> (RecordErrorCode, Remedy) {
    if AppSyncErrorName.conditions.contains(name) { return (.conditionFailed, .none) }
    if response.status == 429 || response.status >= 500 && response.status != 501 { return (.unavailable, .retry) }
    if AppSyncErrorName.isBusy(name) || AppSyncErrorName.broken.contains(name) { return (.unavailable, .retry) }
    let isRefused =
      response.status == 401 || response.status == 403 || AppSyncErrorName.isRefusal(name)
    if isRefused {
      if context.mode == .apiKey && response.status == 401 { return (.expiredAPIKey, .none) }
      return (.unauthorized, remedy(name, message, response, context))
    }
    if context.operation.variables["nextToken"] != nil, isAboutToken(name, message) { return (.invalidToken, .none) }
    return (.rejected, .none)
  }

  /// What helps against the refusal of a signature.
  private static func remedy(
    _ name: String, _ message: String, _ response: HTTPResponse, _ context: Context
  ) -> Remedy {
    // Within a 200 it is the model that this user may not use.
    guard let credentials = context.credentials, response.status == 401 || response.status == 403 else { return .none }
    // AWS accepts five minutes; a signature less wrong than this was refused for something else.
    if let time = response.headers["date"].flatMap(HTTPDate.parse), abs(time - context.signedTime) > 240 {
      return .otherTime(time)
    }
    return AppSyncErrorName.expired.contains(name) || message.lowercased().contains("expired")
      ? .newCredentials(credentials) : .none
  }

  /// "Invalid pagination token given", in a DynamoDB:UserIllegalArgumentException (amplify-cli issue 3411).
  private static func isAboutToken(_ name: String, _ message: String) -> Bool {
    let text = (name + " " + message).lowercased()
    return text.contains("nexttoken") || text.contains("paginationtoken") || text.contains("pagination token")
      || text.contains("startingtoken") || text.contains("exclusive start key")
  }

  /// The first that is not merely a refusal of something within, since that tells most.
  private static func worst(_ problems: [GraphQLAnswer.Problem]) -> GraphQLAnswer.Problem? {
    problems.first { $0.depth <= 1 } ?? problems.first
  }

  // MARK: What is said of it

  private static func message(
    _ code: RecordErrorCode, _ problem: GraphQLAnswer.Problem, _ response: HTTPResponse, _ context: Context
  ) -> String {
    if code == .expiredAPIKey { return "the API key is wrong, or has expired" }
    if code == .invalidToken { return "\(context.operation.name): the token is not that of a page before" }
    let said = problem.message.map { line(without(context.secrets, $0), limit: 300) } ?? ""
    let kind = problem.type.map { line($0, limit: 100) } ?? "status \(response.status)"
    return "\(context.operation.name): \(said.isEmpty ? kind : said)"
  }

  private static func without(_ secrets: [String], _ text: String) -> String {
    secrets.reduce(text) { $1.isEmpty ? $0 : $0.replacing($1, with: "…") }
  }

  /// One line, printable.
  static func line(_ text: String, limit: Int) -> String {
    let scalars = text.unicodeScalars.prefix(limit).map { scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
        ? " " : scalar
    }
    return String(String.UnicodeScalarView(scalars)).split(separator: " ").joined(separator: " ")
  }

  /// In seconds, or as a date.
  private static func retryAfter(_ response: HTTPResponse, _ context: Context) -> Double? {
    guard let text = response.headers["retry-after"] else { return nil }
    if let seconds = Double(text), seconds.isFinite { return max(0, seconds) }
    return HTTPDate.parse(text).map { Double(max(0, $0 - context.signedTime)) }
  }
}
