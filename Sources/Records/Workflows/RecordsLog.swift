// SPDX-License-Identifier: Apache-2.0

import Logging

/// What a developer may want to see of the workflows.
struct RecordsLog: Sendable {
  let logger: Logger?

  /// Something was left to do; nothing is wrong.
  func left(_ entry: WorkflowEntry, _ error: RecordError) {
    logger?.warning(
      "left for repair", metadata: ["record": "\(entry.model) \(entry.recordID)", "cause": "\(error.description)"])
  }
}
