// SPDX-License-Identifier: Apache-2.0

/// When to try a failed upload again. Pure.
package struct RetryBackoff: Sendable {
  /// Seconds before the second try, and the most between two tries.
  package let bounds: ClosedRange<Double>

  package init(_ bounds: ClosedRange<Double>) { self.bounds = bounds }

  /// Seconds to wait after `attempts` failed tries (at least one): doubles each time.
  package func delay(afterAttempts attempts: Int) -> Double {
    // 2^40 seconds is longer than anybody waits; the cap also keeps the shift from overflowing.
    let doublings = Double(1 << min(max(attempts - 1, 0), 40))
    return min(bounds.lowerBound * doublings, bounds.upperBound)
  }
}
