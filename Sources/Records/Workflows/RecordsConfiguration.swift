// SPDX-License-Identifier: Apache-2.0

public import Logging
public import Storage

/// What ``Records`` works on.
public struct RecordsConfiguration: Sendable {
  public var schema: RecordSchema
  public var store: any RecordStore
  /// The files.
  public var storage: Storage
  /// The bucket of the files; nil for the default one of the storage.
  public var bucket: StorageBucket?
  /// A directory of this user in which workflows that have begun are noted, for ``Records/repair()``; made when needed.
  public var stateDirectory: String
  /// Gets what a developer may want to see; never a secret. nil logs nothing.
  public var logger: Logger?
  /// Files of one call that are uploaded at the same time.
  package var concurrentUploads = 4
  /// Seconds that a half-done workflow is left alone where a service may still be at it: a change is asked for during 55, and a resolver
  /// of AppSync has 30.
  package var settlingDelay = 120.0
  /// Called between two steps, by tests.
  package var onStep: (@Sendable (WorkflowStep) async -> Void)?

  public init(
    schema: RecordSchema, store: any RecordStore, storage: Storage, bucket: StorageBucket? = nil,
    stateDirectory: String,
    logger: Logger? = nil
  ) {
    self.schema = schema
    self.store = store
    self.storage = storage
    self.bucket = bucket
    self.stateDirectory = stateDirectory
    self.logger = logger
  }
}

/// A moment within a workflow: behind the step that it names.
package enum WorkflowStep: Sendable, Hashable {
  case noted, created, uploaded, planned, associated, dissociated, deleted, removed
}
