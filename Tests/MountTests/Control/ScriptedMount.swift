// SPDX-License-Identifier: Apache-2.0

import Locking
import WriteBackCache

import Mount

/// A mount without a kernel: unmounts as it is told, and uploads when it is let.
final class ScriptedMount: Sendable {
  struct State {
    /// Answers of the next unmounts, lazy or not; `.done` when there are no more.
    var results: [UnmountResult] = []
    var calls: [String] = []
    var pending: [PendingUpload] = []
    /// Keys whose attributes the store will not be told.
    var attributes: [String] = []
    /// Uploads succeed.
    var isOnline = true
    /// The kernel ends the session after an unmount.
    var endsSession = true
    /// It ends when it is told to.
    var obeys = true
  }

  let state: Lock<State>

  init(_ state: State) { self.state = Lock(state) }

  static func upload(_ key: String, state: PendingUpload.State = .waiting, size: Int64 = 10) -> PendingUpload {
    PendingUpload(
      key: key, size: size, state: state, attempts: 0, nextAttempt: nil,
      reason: state == .parked ? "AccessDenied" : nil,
      transferred: 0, dataFile: "/cache/\(key)")
  }

  /// `supervisor` is told of the session's end, as the session thread would.
  func actions(supervisor: @escaping @Sendable () -> Supervisor?) -> MountActions {
    MountActions(
      unmount: { [state] isLazy in
        let (result, ends) = state.withLockAndNotify { state in
          state.calls.append(isLazy ? "detach" : "unmount")
          let result = state.results.isEmpty ? UnmountResult.done : state.results.removeFirst()
          return (result, result == .done && state.endsSession)
        }
        if ends { supervisor()?.sessionEnded() }
        return result
      },
      endSession: { [state] in
        let obeys = state.withLockAndNotify { state in
          state.calls.append("end")
          return state.obeys
        }
        if obeys { supervisor()?.sessionEnded() }
      },
      pendingUploads: { [state] in state.withLock { $0.pending } },
      drain: { [state] timeout in
        state.withLockAndNotify { $0.calls.append("drain") }
        // Like the cache: waits until everything that can be uploaded is, or the time is over.
        _ = state.wait(timeout: timeout) { $0.isOnline ? true : nil }
        return state.withLockAndNotify { state in
          if state.isOnline { state.pending.removeAll { $0.state != .parked } }
          return Leftover(uploads: state.pending, attributes: state.attributes)
        }
      },
      uploads: { [state] (action, key) throws(MountFailure) in
        if action == .cancel, key == nil { throw MountFailure("cancel what?") }
        return state.withLockAndNotify { state in
          state.calls.append("\(action.rawValue) \(key ?? "all")")
          return key == "missing" ? 0 : 1
        }
      })
  }
}
