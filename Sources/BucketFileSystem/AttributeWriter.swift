// SPDX-License-Identifier: Apache-2.0
//
// Tells the store changed attributes of clean objects, a moment after the change.
//
// For: `chmod`, `chown` and `touch` in a row cost one copy. State: the nodes with their due times behind one lock, and one
// timer task; the work itself blocks on a few threads of its own. Any thread may schedule. What can go wrong: the store does
// not answer; the node stays in the list and is tried again with growing delays. What is left at the end of the mount is lost, so
// `waiting` names it.

import Locking
import Transfer
import VFS
import WriteBackCache

final class AttributeWriter: Sendable {
  private struct State {
    var due: [ObjectIdentifier: (node: Node, time: Double, attempts: Int)] = [:]
    /// A node is here more than once when it was changed again meanwhile.
    var running: [ObjectIdentifier: (node: Node, count: Int)] = [:]
    var timer: Task<Void, Never>?
    var timerTime = Double.infinity
  }

  private let delay: Double
  private let backoff = RetryBackoff(1...300)
  private let threads = ThreadPool(name: "pail.attributes", width: 8)
  private let state = Lock(State())
  private let owner = Lock<WeakOwner>(WeakOwner())

  private struct WeakOwner {
    weak var fileSystem: BucketFileSystem?
  }

  /// - Parameter delay: seconds that a change waits for others.
  init(delay: Double) { self.delay = delay }

  var fileSystem: BucketFileSystem? {
    get { owner.withLock { $0.fileSystem } }
    set { owner.withLock { $0.fileSystem = newValue } }
  }

  /// `node`, which the caller has pinned, has changed attributes. Returns false when it was waiting already: its first pin is
  /// enough.
  func schedule(_ node: Node) -> Bool { schedule(node, after: delay, attempts: 0) }

  /// Tells the store the attributes of `nodes` now, as far as they have changed. Blocks; throws EINTR when the program is told to
  /// stop, and goes on without it.
  func write(_ nodes: [Node]) throws(Errno) {
    let left = Lock(nodes.count)
    for node in nodes {
      threads.start { [self] in
        _ = fileSystem?.writeAttributes(node)
        left.withLockAndNotify { $0 -= 1 }
      }
    }
    do throws(Interrupted) {
      try left.waitInterruptibly { $0 == 0 ? () : nil }
    } catch {
      throw .EINTR
    }
  }

  /// The nodes whose attributes the store has not been told.
  var waiting: [Node] {
    let (due, running) = state.withLock { state in (state.due.values.map(\.node), state.running.values.map(\.node)) }
    // What has travelled with an upload still has its turn, and does nothing then.
    return running
      + due.filter { node in node.state.withLock { $0.hasPendingAttributes } && !running.contains { $0 === node } }
  }

  /// Tells the store everything that waits. Blocks, `timeout` seconds at most.
  func drain(timeout: Double) {
    state.withLock { state in
      for id in state.due.keys { state.due[id]?.time = 0 }
    }
    startDue()
    _ = state.wait(timeout: timeout) { $0.due.isEmpty && $0.running.isEmpty ? () : nil }
  }

  private func schedule(_ node: Node, after delay: Double, attempts: Int) -> Bool {
    let time = MonotonicTime.now + delay
    return state.withLock { state in
      let id = ObjectIdentifier(node)
      let isNew = state.due[id] == nil
      state.due[id] = (node, min(time, state.due[id]?.time ?? .infinity), attempts)
      // With many waiting, only an earlier one moves the timer.
      if time < state.timerTime { setTimer(&state, at: time) }
      return isNew
    }
  }

  private func startDue() {
    let now = MonotonicTime.now
    let ready = state.withLock { state in
      let ready = state.due.filter { $0.value.time <= now }
      for (id, entry) in ready {
        state.due[id] = nil
        state.running[id, default: (entry.node, 0)].count += 1
      }
      setTimer(&state, at: state.due.values.map(\.time).min() ?? .infinity)
      return ready.values
    }
    for entry in ready {
      threads.start { [self] in run(entry.node, attempts: entry.attempts) }
    }
  }

  private func run(_ node: Node, attempts: Int) {
    let owner = fileSystem
    // Nobody interrupts a thread of the background, so nothing is thrown.
    let isDone =
      (try? owner?.whileStill([node.inode]) { () throws(Errno) in owner?.writeAttributes(node) ?? true }) ?? true
    // Changed again meanwhile: it waits with a pin of its own.
    if isDone || !schedule(node, after: backoff.delay(afterAttempts: attempts + 1), attempts: attempts + 1) {
      owner?.tree.unpin(node.inode)
    }
    state.withLockAndNotify { state in
      let id = ObjectIdentifier(node)
      state.running[id]?.count -= 1
      if state.running[id]?.count == 0 { state.running[id] = nil }
    }
  }

  private func setTimer(_ state: inout State, at time: Double) {
    state.timer?.cancel()
    state.timerTime = time
    guard time < .infinity else { return }
    let delay = max(time - MonotonicTime.now, 0.001)
    state.timer = Task { [weak self] in
      do { try await Task.sleep(nanoseconds: UInt64(delay * 1e9)) } catch { return }
      self?.startDue()
    }
  }
}
