// SPDX-License-Identifier: Apache-2.0
//
// Runs the end of a mount: takes events from the signal thread, the session thread and control connections, asks
// ``Shutdown`` what to do and does it.
//
// For: one a daemon. State: a board of queued events, the phase to show, refusals and the outcome, behind one lock.
// ``run()`` belongs to the main thread and blocks; everything else may be called from any thread. A request to stop has a
// ticket, so that whoever asked learns whether it was his request that was refused.
// What can go wrong: an unmount blocks for as long as the kernel writes back. Events queue up meanwhile; the second signal
// does not come here (see ``Daemon``), because it must not wait.

import Locking
package import Logging

package final class Supervisor: Sendable {
  /// What a request to stop came to.
  package enum Answer: Sendable {
    case refused(UnmountResult)
    /// Under way, with what is left now.
    case inProgress(MountStatus.State)
    /// The mount is gone; the bucket was not told this.
    case finished(left: Leftover)
  }

  private struct Board {
    var events: [(Shutdown.Event, ticket: Int)] = []
    var tickets = 0
    var state = MountStatus.State.starting
    var refusal: (upTo: Int, UnmountResult) = (0, .done)
    var outcome: Leftover?
    /// Connections that still have to tell their client the outcome.
    var listeners = 0
  }

  private let actions: MountActions
  private let logger: Logger
  private let sessionPatience: Double
  private let board = Lock(Board())

  /// - Parameter sessionPatience: seconds that a session which must end by itself may take.
  package init(actions: MountActions, logger: Logger, sessionPatience: Double = 10) {
    self.actions = actions
    self.sessionPatience = sessionPatience
    self.logger = logger
  }

  package var state: MountStatus.State { board.withLock { $0.state } }

  /// The mount answers.
  package func becameLive() { board.withLockAndNotify { if $0.state == .starting { $0.state = .mounted } } }

  /// The session is over, whoever ended it.
  package func sessionEnded() { post(.sessionEnded) }

  /// Asks for the end of the mount and returns the ticket for ``answer(to:timeout:)``.
  @discardableResult
  package func stop(_ request: StopRequest) -> Int { post(.stop(request)) }

  /// Waits up to `timeout` seconds for news about a request to stop.
  package func answer(to ticket: Int, timeout: Double) -> Answer {
    let news = board.wait(timeout: timeout) { board -> Answer? in
      if let left = board.outcome { return .finished(left: left) }
      if board.refusal.upTo >= ticket { return .refused(board.refusal.1) }
      return nil
    }
    return news ?? .inProgress(state)
  }

  /// Between these two calls ``run()`` does not return, so that the listener can pass on the outcome.
  package func beginListening() { board.withLock { $0.listeners += 1 } }
  package func endListening() { board.withLockAndNotify { $0.listeners -= 1 } }

  /// Works until the mount is gone and everything possible is uploaded; returns what is left.
  ///
  /// - Parameter onUnmounted: called when the uploads begin.
  package func run(onUnmounted: () -> Void = {}) -> Leftover {
    var shutdown = Shutdown(sessionPatience: sessionPatience)
    var ticket = 0
    var deadline: Double?
    while true {
      var event = Shutdown.Event.waitOver
      if let (next, number) = nextEvent(until: deadline) {
        event = next
        ticket = max(ticket, number)
      } else {
        deadline = nil
      }
      perform(shutdown.handle(event), &shutdown, ticket, &deadline, onUnmounted)
      if let left = board.withLock({ $0.outcome }) {
        // A client that hangs must not keep the process.
        _ = board.wait(timeout: 5) { $0.listeners == 0 ? true : nil }
        return left
      }
    }
  }

  private func perform(
    _ first: Shutdown.Action?, _ shutdown: inout Shutdown, _ ticket: Int, _ deadline: inout Double?,
    _ onUnmounted: () -> Void
  ) {
    var action = first
    while let current = action {
      action = nil
      switch current {
      case .unmount:
        show(.unmounting)
        action = shutdown.handle(.unmounted(actions.unmount(false)))
      case .detach:
        logger.notice("the mount is busy: detaching it; files that are open can be used until they are closed")
        action = shutdown.handle(.unmounted(actions.unmount(true)))
      case .awaitSession(let seconds):
        deadline = seconds.map { MonotonicClock.now + $0 }
      case .endSession:
        logger.warning("files are still open: ending all the same, with what was written to them so far")
        actions.endSession()
        deadline = MonotonicClock.now + sessionPatience
      case .refuse(let result):
        logger.notice("unmount refused", metadata: ["reason": "\(result)"])
        board.withLockAndNotify { board in
          board.state = .mounted
          board.refusal = (ticket, result)
        }
      case .drain(let timeout):
        show(.draining)
        onUnmounted()
        drain(timeout: timeout)
        action = shutdown.handle(.drained)
      case .exit: break
      }
    }
  }

  private func drain(timeout: Double?) {
    let pending = actions.pendingUploads()
    if !pending.isEmpty { logger.notice("unmounted; uploading what is left", metadata: ["files": "\(pending.count)"]) }
    let left = actions.drain(timeout)
    board.withLockAndNotify { $0.outcome = left }
  }

  private func show(_ state: MountStatus.State) { board.withLockAndNotify { $0.state = state } }

  @discardableResult
  private func post(_ event: Shutdown.Event) -> Int {
    board.withLockAndNotify { board in
      if case .stop = event { board.tickets += 1 }
      board.events.append((event, board.tickets))
      return board.tickets
    }
  }

  /// Nil when `deadline` (of ``MonotonicClock``) comes first.
  private func nextEvent(until deadline: Double?) -> (Shutdown.Event, Int)? {
    board.wait(timeout: deadline.map { max(0, $0 - MonotonicClock.now) }) { board in
      board.events.isEmpty ? nil : board.events.removeFirst()
    }
  }
}
