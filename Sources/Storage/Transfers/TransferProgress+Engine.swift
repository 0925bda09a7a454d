// SPDX-License-Identifier: Apache-2.0

import Transfer

/// What the engine says, in the words of the API.
extension TransferProgress {
  init(_ progress: ByteProgress) { self.init(transferredBytes: progress.transferred, totalBytes: progress.total) }
}

extension TransferState {
  init(_ phase: TransferPhase) {
    self =
      switch phase {
      case .inProgress: .inProgress
      case .paused: .paused
      case .canceled: .canceled
      case .succeeded: .success
      case .failed: .error
      }
  }
}
