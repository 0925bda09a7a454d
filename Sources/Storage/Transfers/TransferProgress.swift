// SPDX-License-Identifier: Apache-2.0

/// How far a transfer is. Of one transfer it never goes back, and ends with all bytes transferred.
public struct TransferProgress: Sendable, Hashable {
  /// Bytes.
  public var transferredBytes: Int64
  /// Bytes; nil as long as nobody knows.
  public var totalBytes: Int64?

  public init(transferredBytes: Int64, totalBytes: Int64? = nil) {
    self.transferredBytes = transferredBytes
    self.totalBytes = totalBytes
  }

  /// From 0 to 1; nil as long as nobody knows the whole. Nothing to transfer is all of it.
  public var fraction: Double? {
    totalBytes.map { $0 == 0 ? 1 : Double(transferredBytes) / Double($0) }
  }
}

/// What a transfer is doing.
public enum TransferState: String, Sendable, Hashable {
  case inProgress, paused, canceled, success, error
}
