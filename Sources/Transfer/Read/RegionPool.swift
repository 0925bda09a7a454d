// SPDX-License-Identifier: Apache-2.0
//
// Memory for downloaded bytes, within a budget, used again instead of freed.
//
// For: the read windows of all open files. First touch of fresh memory can cost more than the download, so regions of the
// common size are recycled. State: the bytes handed out and the free list, behind one lock; any thread. What can go
// wrong: a leaked lease would shrink the budget for ever, so a lease returns itself when its last reference is gone.

package import HTTPTransport
private import Locking

package final class RegionPool: Sendable {
  private struct State {
    var free: [MemoryRegion] = []
    var leased = 0
  }

  /// Bytes that speculative leases may add up to.
  package let budget: Int
  /// Bytes of a region that is recycled; larger ones are freed, smaller ones come as they are asked for.
  package let regionSize: Int
  private let state = Lock(State())

  package init(budget: Int, regionSize: Int) {
    self.budget = budget
    self.regionSize = regionSize
  }

  /// A region of at least `size` bytes.
  ///
  /// - Parameter speculative: for read-ahead: nil when the budget is used up. What a program waits for is always given.
  package func lease(_ size: Int, speculative: Bool) -> RegionLease? {
    let isPooled = size > regionSize / 2 && size <= regionSize
    let bytes = isPooled ? regionSize : size
    let (granted, recycled) = state.withLock { state -> (Bool, MemoryRegion?) in
      guard !speculative || state.leased + bytes <= budget else { return (false, nil) }
      state.leased += bytes
      return (true, isPooled ? state.free.popLast() : nil)
    }
    guard granted else { return nil }
    return RegionLease(recycled ?? MemoryRegion(size: bytes), pool: self)
  }

  /// Bytes leased now.
  package var leasedBytes: Int { state.withLock { $0.leased } }

  fileprivate func giveBack(_ region: MemoryRegion) {
    state.withLock { state in
      state.leased -= region.bytes.count
      if region.bytes.count == regionSize, (state.free.count + 1) * regionSize <= budget / 2 {
        state.free.append(region)
      }
    }
  }
}

/// A region in use; goes back to its pool with its last reference.
package final class RegionLease: Sendable {
  package let region: MemoryRegion
  private let pool: RegionPool

  fileprivate init(_ region: MemoryRegion, pool: RegionPool) {
    self.region = region
    self.pool = pool
  }

  deinit { pool.giveBack(region) }
}
