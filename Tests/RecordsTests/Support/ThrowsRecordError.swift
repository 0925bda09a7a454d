// SPDX-License-Identifier: Apache-2.0

import Records
import Testing

/// Expects an error of that name, and returns it.
@discardableResult
func expectError<Value>(
  _ code: RecordErrorCode, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws(RecordError) -> Value
) async -> RecordError? {
  do throws(RecordError) {
    _ = try await body()
    Issue.record("expected \(code.rawValue), but nothing was thrown", sourceLocation: sourceLocation)
    return nil
  } catch {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(!error.recoverySuggestion.isEmpty && !error.message.contains("\n"), sourceLocation: sourceLocation)
    return error
  }
}
