// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WriteBackCache

@Suite("How much is fetched for a read") struct FetchWindowTests {
  private static let MiB: Int64 = 1 << 20

  /// SEMANTICS: local-copy
  @Test func readsInOrderFetchMoreAndMore() {
    var window = FetchWindow()
    let size = 1_000 * Self.MiB
    var (fetches, end): ([Int64], Int64) = ([], 0)
    for start in stride(from: Int64(0), to: 300 * Self.MiB, by: 128 << 10) where start + (128 << 10) > end {
      let range = window.range(for: start..<start + (128 << 10), size: size)
      #expect(range.lowerBound == start)
      end = range.upperBound
      fetches.append(Int64(range.count) / Self.MiB)
    }
    #expect(fetches == [1, 2, 4, 8, 16, 32, 64, 64, 64, 64])
  }

  /// SEMANTICS: local-copy
  @Test func readsHereAndThereFetchLittle() {
    var window = FetchWindow()
    #expect(window.range(for: 5_000_000..<5_000_010, size: 1 << 40) == 4 * Self.MiB..<5 * Self.MiB)
    #expect(window.range(for: 10..<20, size: 1 << 40) == 0..<Self.MiB)
    // Across a border, and at the end.
    #expect(window.range(for: 3 * Self.MiB - 5..<3 * Self.MiB + 5, size: 1 << 40) == 2 * Self.MiB..<3 * Self.MiB + 5)
    #expect(window.range(for: 900..<1_000, size: 1_000) == 0..<1_000)
    // More than a window at once.
    #expect(window.range(for: 0..<5 * Self.MiB, size: 1 << 40) == 0..<5 * Self.MiB)
  }
}
