// SPDX-License-Identifier: Apache-2.0
//
// Shows on standard error how far something is that counts: one line that changes on a terminal, a line every ten seconds
// elsewhere. What takes less than two seconds shows nothing.
//
// For: checks. State: when something was shown last, behind a lock. Any thread.

import Locking

final class CountDisplay: Sendable {
  private struct State {
    var last: ContinuousClock.Instant?
    var isShown = false
  }

  private static let quiet = Duration.seconds(2)

  private let begin = ContinuousClock.now
  private let state = Lock(State())

  func note(_ text: @autoclosure () -> String) {
    let now = ContinuousClock.now
    guard now - begin >= CountDisplay.quiet else { return }
    state.withLock { state in
      let isTerminal = Report.isTerminal
      let interval = isTerminal ? Duration.milliseconds(200) : .seconds(10)
      guard now - (state.last ?? begin) >= interval else { return }
      state.last = now
      if isTerminal {
        Report.progress(text())
        state.isShown = true
      } else {
        Report.line(text())
      }
    }
  }

  /// Takes the line away.
  func end() {
    let wasShown = state.withLock { state in
      defer { state.isShown = false }
      return state.isShown
    }
    if wasShown { Report.progress("") }
  }
}
