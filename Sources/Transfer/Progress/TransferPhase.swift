// SPDX-License-Identifier: Apache-2.0

/// What an upload or download is doing, or how it ended.
package enum TransferPhase: Sendable, Equatable {
  case inProgress, paused, canceled, succeeded, failed
}
