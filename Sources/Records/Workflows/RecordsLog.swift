// SPDX-License-Identifier: Apache-2.0

import Logging

/// What a developer may want to see of the workflows.
struct RecordsLog: Sendable {
  let logger: Logger?

  /// A record that was made for a call that failed could not be taken back, or is somebody's by now.
  func stayed(_ record: Record, _ error: RecordError) {
    logger?.warning(
      "a new record stays", metadata: ["record": "\(record.model) \(record.id)", "cause": "\(error.description)"])
  }

  /// Something was left to do; nothing is wrong.
  func left(_ entry: WorkflowEntry, _ error: RecordError) {
    logger?.warning(
      "left for repair", metadata: ["record": "\(entry.model) \(entry.recordID)", "cause": "\(error.description)"])
  }
}
