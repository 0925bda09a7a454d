// SPDX-License-Identifier: Apache-2.0

/// How much room a cache may take.
package struct QuotaLimits: Equatable, Sendable {
  /// Room on the disk that is left to others.
  package enum Reserve: Equatable, Sendable {
    /// Bytes.
    case bytes(Int64)
    /// Percent of the disk, 0 to 100.
    case percent(Int)
    /// 5 % of the disk, but no more than 1 GiB: enough for the log of whoever shares the disk.
    case automatic

    /// - Parameter disk: bytes of the whole disk.
    func bytes(ofDisk disk: Int64) -> Int64 {
      switch self {
      case .bytes(let bytes): bytes
      case .percent(let percent): disk / 100 * Int64(percent)
      case .automatic: min(disk / 20, 1 << 30)
      }
    }
  }

  /// Bytes on the disk of all data files together; nil for no limit.
  package var size: Int64?
  package var reserve = Reserve.automatic

  package init(size: Int64? = nil, reserve: Reserve = .automatic) {
    self.size = size
    self.reserve = reserve
  }
}
