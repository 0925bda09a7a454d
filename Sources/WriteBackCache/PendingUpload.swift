// SPDX-License-Identifier: Apache-2.0

/// A file that is not yet in the bucket, as `pail status` lists it.
package struct PendingUpload: Sendable {
  package enum State: String, Sendable {
    /// Open for writing; its close publishes it.
    case open
    /// Closed and waiting for its turn (delayed mode, or a retry).
    case waiting
    case uploading
    /// Somebody has paused it.
    case paused
    /// Failed for good: kept until somebody retries, exports or discards it.
    case parked

    /// Nothing happens before a person says so.
    package var waitsForSomebody: Bool { self == .parked || self == .paused }
  }

  /// The object key it goes to.
  package var key: String
  /// Bytes.
  package var size: Int64
  package var state: State
  /// Failed tries so far.
  package var attempts: Int
  /// Seconds from now until the next try; nil when none is planned.
  package var nextAttempt: Double?
  /// Why the last try failed, in one line.
  package var reason: String?
  /// Bytes sent by the upload under way.
  package var transferred: Int64
  /// The local file that holds the bytes.
  package var dataFile: String

  package init(
    key: String, size: Int64, state: State, attempts: Int, nextAttempt: Double?, reason: String?, transferred: Int64,
    dataFile: String
  ) {
    self.key = key
    self.size = size
    self.state = state
    self.attempts = attempts
    self.nextAttempt = nextAttempt
    self.reason = reason
    self.transferred = transferred
    self.dataFile = dataFile
  }
}
