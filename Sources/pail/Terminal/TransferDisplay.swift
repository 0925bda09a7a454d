// SPDX-License-Identifier: Apache-2.0
//
// Shows on standard error how far transfers are: one line that changes on a terminal, a line every ten seconds elsewhere.
//
// For: cp and mv. State: what each running transfer has reported, behind a lock. Transfers report from any thread; a timer
// draws, five times a second, so that a fast transfer does not spend its time on the terminal. What takes less than two
// seconds shows nothing.

import Dispatch
import Glibc
import Locking

final class TransferDisplay: Sendable {
  private struct State {
    var line: TransferLine
    var rate = TransferRate()
    var running: [Int: Int64] = [:]
    var doneBytes: Int64 = 0
    var isShown = false
    var lastPlainLine = 0.0
    var isEnded = false
  }

  private static let quiet = 2.0
  private static let plainInterval = 10.0

  private let state: Lock<State>
  private let begin = TransferDisplay.now()
  private let timer = Lock<(any DispatchSourceTimer)?>(nil)

  /// - Parameters:
  ///   - name: when there is one thing to transfer.
  ///   - total: bytes of everything, if that is known.
  init(name: String?, files: Int, total: Int64?) {
    var line = TransferLine(name: name)
    (line.files, line.total) = (files, total)
    state = Lock(State(line: line))
    timer.withLock { timer in
      let source = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "pail.display"))
      source.schedule(deadline: .now() + 0.2, repeating: 0.2)
      source.setEventHandler { [weak self] in self?.draw() }
      source.resume()
      timer = source
    }
  }

  deinit { timer.withLock { $0?.cancel() } }

  /// A transfer has moved so many bytes so far.
  func note(_ item: Int, _ bytes: Int64, total: Int64?) {
    state.withLock { state in
      state.running[item] = bytes
      if state.line.files == 1, state.line.total == nil { state.line.total = total }
    }
  }

  /// A transfer has ended.
  func finished(_ item: Int, size: Int64) {
    state.withLock { state in
      state.running[item] = nil
      state.doneBytes += size
      state.line.filesDone += 1
    }
  }

  /// Takes the line away; nothing is drawn afterwards.
  func end() {
    timer.withLock { $0?.cancel() }
    let wasShown = state.withLock { state in
      defer { (state.isShown, state.isEnded) = (false, true) }
      return state.isShown
    }
    if wasShown { Report.progress("") }
  }

  private func draw() {
    let now = TransferDisplay.now()
    state.withLock { state in
      guard !state.isEnded else { return }
      state.line.transferred = state.doneBytes + state.running.values.reduce(0, +)
      state.rate.note(state.line.transferred, at: now)
      state.line.rate = state.rate.value
      guard now - begin >= TransferDisplay.quiet else { return }
      if Report.isTerminal {
        Report.progress(state.line.text)
        state.isShown = true
      } else if now - max(state.lastPlainLine, begin) >= TransferDisplay.plainInterval {
        state.lastPlainLine = now
        Report.line("pail: \(state.line.text)")
      }
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
