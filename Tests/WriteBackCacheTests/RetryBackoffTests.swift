// SPDX-License-Identifier: Apache-2.0

import Testing
import WriteBackCache

@Suite("Retry backoff") struct RetryBackoffTests {
  /// SEMANTICS: failed-close
  @Test(arguments: [(1, 1.0), (2, 2.0), (3, 4.0), (9, 256.0), (10, 300.0), (1_000, 300.0)])
  func doublesUpToItsLimit(attempts: Int, delay: Double) {
    #expect(RetryBackoff(1...300).delay(afterAttempts: attempts) == delay)
  }
}
