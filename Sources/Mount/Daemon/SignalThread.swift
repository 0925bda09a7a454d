// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Takes signals in a thread of its own with sigwait(3), where any code may run, unlike in a handler.
enum SignalThread {
  private static let awaited = [SIGTERM, SIGINT, SIGHUP]

  /// Call it first of all, on the main thread: threads inherit what is blocked, and one that does not block SIGTERM ends
  /// the process by it. Also ignores SIGPIPE, which a write to a closed connection would raise.
  static func blockSignals() {
    var set = signalSet()
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  /// Calls `onSignal` for each SIGTERM, SIGINT and SIGHUP. False when there is no thread.
  static func start(onSignal: @escaping @Sendable (Int32) -> Void) -> Bool {
    DetachedThread.start {
      var set = signalSet()
      while true {
        var number: Int32 = 0
        if sigwait(&set, &number) == 0 { onSignal(number) }
      }
    }
  }

  private static func signalSet() -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in awaited { sigaddset(&set, number) }
    return set
  }
}
