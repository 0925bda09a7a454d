// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
public import Storage

/// Why an operation on records failed. Nothing has changed, unless ``mayHaveBeenApplied`` says that nobody knows.
public struct RecordError: Error, Sendable {
  /// Tells errors apart: "RecordNotFound", "PathNotAllowed".
  public let code: RecordErrorCode
  /// One line for a person: what happened.
  public let message: String
  /// One line for a person: what helps.
  public let recoverySuggestion: String
  /// With ``RecordErrorCode/storage``: what the bucket said.
  public let storage: StorageError?
  /// The `errorType` of the answer of a GraphQL service.
  public let errorType: String?
  /// A request was sent whose answer never came: the service may have done it.
  public internal(set) var mayHaveBeenApplied = false

  /// - Parameters:
  ///   - message: what happened, in one line.
  ///   - remedy: instead of the one of the table.
  package init(
    _ code: RecordErrorCode, _ message: String, remedy: String? = nil, storage: StorageError? = nil,
    errorType: String? = nil, mayHaveBeenApplied: Bool = false
  ) {
    self.code = code
    self.message = RecordError.line(message)
    recoverySuggestion = remedy ?? storage?.recoverySuggestion ?? code.remedy
    self.storage = storage
    self.errorType = errorType
    self.mayHaveBeenApplied = mayHaveBeenApplied
  }

  /// Control characters, which names and answers may have, would make more lines of it, or do things to a terminal.
  private static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return text.unicodeScalars.map { scalar in
      scalar.properties.generalCategory == .control ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }.joined()
  }

  /// What the bucket said.
  init(_ error: StorageError) {
    self.init(.storage, error.path.map { "\($0): \(error.message)" } ?? error.message, storage: error)
  }
}

extension RecordError: CustomStringConvertible {
  /// For example "RecordNotFound: there is no Song 42".
  public var description: String { "\(storage?.name ?? code.rawValue): \(message)" }
}

extension RecordError: LocalizedError {
  public var errorDescription: String? { message }
}
