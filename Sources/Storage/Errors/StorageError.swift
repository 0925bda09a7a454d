// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// Why an operation of ``Storage`` failed.
public struct StorageError: Error, Sendable {
  /// Tells errors apart: one of the names of docs/STORAGE-API.md ("NoBucket", "NetworkError", "CanceledError"), or the code of the
  /// store ("NoSuchBucket", "AccessDenied", "PreconditionFailed"). HEAD requests, which have no body, give "NotFound" and
  /// "Forbidden".
  public let name: String
  /// One line for a person: what happened.
  public let message: String
  /// One line for a person: what helps.
  public let recoverySuggestion: String?
  /// The path that it happened to, where it is about one.
  public let path: String?
  /// The status of the store's answer; nil when there was none.
  public let httpStatus: Int?
  /// The `<Code>` of the store's answer, or for a HEAD what its status means.
  public let s3Code: String?
  /// What the operator of the store can find the request by.
  public let requestID: String?

  init(
    name: String, message: String, recoverySuggestion: String? = nil, path: String? = nil, httpStatus: Int? = nil,
    s3Code: String? = nil, requestID: String? = nil
  ) {
    self.name = name
    self.message = message
    self.recoverySuggestion = recoverySuggestion
    self.path = path
    self.httpStatus = httpStatus
    self.s3Code = s3Code
    self.requestID = requestID
  }

  /// Somebody cancelled the task, or closed its ``Storage``.
  public var isCancelError: Bool { name == StorageErrorName.canceled.rawValue }

  /// There is no such object.
  public var isNotFound: Bool { httpStatus == 404 }

  /// A condition did not hold, such as that of `preventOverwrite`.
  public var isPreconditionFailure: Bool { httpStatus == 412 || name == StorageErrorName.preconditionFailed.rawValue }
}

extension StorageError: CustomStringConvertible {
  /// For example "NoSuchBucket (404): The specified bucket does not exist [request 4442587FB7D0A2F9]".
  public var description: String {
    var text = name
    if let httpStatus { text += " (\(httpStatus))" }
    text += ": \(message)"
    if let requestID { text += " [request \(requestID)]" }
    return text
  }
}

extension StorageError: LocalizedError {
  public var errorDescription: String? { message }
}
