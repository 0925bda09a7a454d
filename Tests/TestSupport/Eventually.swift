// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Waits until `condition` holds, and fails the test when it does not: what hangs in the product must not hang the test.
///
/// Asks at once, then after 2 ms and, more and more slowly, up to every 50 ms. A condition that never returns is not ended.
///
/// - Parameter what: the condition in words, for the error; made when the time is over.
/// - Throws: ``TestSupportError``, which names `what` and the caller, when the condition does not hold within `limit`; and what
///   `condition` throws.
package func eventually(
  within limit: Duration = .seconds(30), _ what: @autoclosure () -> String, fileID: String = #fileID, line: Int = #line,
  _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  var pause = Duration.milliseconds(2)
  while try await !condition() {
    guard ContinuousClock.now < end else {
      throw TestSupportError("\(fileID):\(line): not so after \(limit): \(what())")
    }
    try await Task.sleep(for: pause)
    pause = min(pause * 2, .milliseconds(50))
  }
}

extension BlockingWork {
  /// The same for a thread that may block.
  package static func eventually(
    within limit: Duration = .seconds(30), _ what: @autoclosure () -> String, fileID: String = #fileID,
    line: Int = #line,
    _ condition: () throws -> Bool
  ) throws {
    let end = ContinuousClock.now + limit
    var pause: UInt32 = 2_000
    while try !condition() {
      guard ContinuousClock.now < end else {
        throw TestSupportError("\(fileID):\(line): not so after \(limit): \(what())")
      }
      usleep(pause)
      pause = min(pause * 2, 50_000)
    }
  }
}
