// SPDX-License-Identifier: Apache-2.0

extension AppSyncRecordStore {
  /// Seconds before each further look for a record that ought to be there: reads may be behind.
  private static let waits = [0.2, 0.5]

  public func create(
    _ model: RecordModel, id: String, values: [String: RecordValue]
  ) async throws(RecordError) -> Record {
    let operation = AppSyncOperation.create(model, id: id, values: values)
    let failure: RecordError
    do throws(RecordError) {
      // Null, for a resolver that says nothing, is no record either.
      return try model.record(try await client.send(operation).value ?? .null, of: operation)
    } catch {
      failure = error
    }
    guard failure.code == .conditionFailed else { throw failure }
    // It may be there because an attempt made it whose answer was lost.
    if failure.mayHaveBeenApplied {
      do throws(RecordError) {
        if let found = try await look(for: id, in: model), found.isMade(of: values, by: model) { return found }
      } catch {
        throw error.afterLostAnswer
      }
    }
    throw RecordError(
      .recordExists, "there is a \(model.name) \(id) already", errorType: failure.errorType,
      mayHaveBeenApplied: failure.mayHaveBeenApplied)
  }

  public func update(
    _ model: RecordModel, id: String, values: [String: RecordValue], if condition: RecordFilter?
  ) async throws(RecordError) -> Record {
    try await change(model, id, .update(model, id: id, values: values, if: condition))
  }

  public func delete(
    _ model: RecordModel, id: String, if condition: RecordFilter?
  ) async throws(RecordError) -> Record {
    try await change(model, id, .delete(model, id: id, if: condition))
  }

  private func change(
    _ model: RecordModel, _ id: String, _ operation: AppSyncOperation
  ) async throws(RecordError) -> Record {
    let answer: AppSyncClient.Answer
    do throws(RecordError) {
      answer = try await client.send(operation)
    } catch {
      guard error.code == .conditionFailed else { throw error }
      throw await meaning(of: error, model, id, operation)
    }
    guard let value = answer.value else { throw missing(model, id, mayHaveBeenApplied: answer.hasLostOne) }
    return try model.record(value, of: operation)
  }

  /// Of a condition that does not hold, which for DynamoDB is also that there is such a record at all.
  private func meaning(
    of error: RecordError, _ model: RecordModel, _ id: String, _ operation: AppSyncOperation
  ) async -> RecordError {
    let found: Record?
    do throws(RecordError) {
      // Without a condition of ours, that it is there can only mean that it has come since.
      if operation.variables["condition"] == nil {
        found = try await get(model, id: id)
      } else {
        found = try await look(for: id, in: model)
      }
    } catch let failure {
      return error.mayHaveBeenApplied ? failure.afterLostAnswer : failure
    }
    guard found != nil else { return missing(model, id, mayHaveBeenApplied: error.mayHaveBeenApplied) }
    return RecordError(
      .conditionFailed, "\(model.name) \(id) is not as the change expects it", errorType: error.errorType,
      mayHaveBeenApplied: error.mayHaveBeenApplied)
  }

  /// Reads a record that was there a moment ago.
  private func look(for id: String, in model: RecordModel) async throws(RecordError) -> Record? {
    for wait in AppSyncRecordStore.waits {
      if let found = try await get(model, id: id) { return found }
      try await client.sleep(wait)
    }
    return try await get(model, id: id)
  }

  private func missing(_ model: RecordModel, _ id: String, mayHaveBeenApplied: Bool) -> RecordError {
    RecordError(.recordNotFound, "there is no \(model.name) \(id)", mayHaveBeenApplied: mayHaveBeenApplied)
  }
}

extension RecordError {
  /// The same, in the place of an answer that was lost.
  fileprivate var afterLostAnswer: RecordError {
    var error = self
    error.mayHaveBeenApplied = true
    return error
  }
}
