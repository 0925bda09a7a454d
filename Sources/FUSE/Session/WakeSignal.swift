// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The signal that makes a thread's read of /dev/fuse return EINTR. Its handler does nothing.
///
/// A real-time signal near the end of the range, which no terminal, shell or service manager sends.
enum WakeSignal {
  static let number: Int32 = {
    let number = __libc_current_sigrtmax() - 3
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    // No SA_RESTART: the read must fail.
    sigaction(number, &action, nil)
    return number
  }()

  /// The signals that workers block: all but the wake-up and those that a thread's own fault raises.
  static var blockedInWorkers: sigset_t {
    var set = sigset_t()
    sigfillset(&set)
    for signal in [number, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&set, signal) }
    return set
  }
}
