// SPDX-License-Identifier: Apache-2.0
//
// The signals that wait for a thread in a system call, and whether they tell its program to stop.
//
// For: a wait for a slow store that ^C ends, and that a timer does not. The kernel tells a file system of any signal (INTERRUPT),
// once for each call, and of none when a program waits for pages of its cache. So /proc is asked which signals there are.
// The rule: SIGINT, SIGTERM, SIGHUP and SIGQUIT end a wait, whether the program has a handler for them or not, and so does every
// signal that ends the program, as SIGKILL does. Any other that the program handles (SIGALRM, SIGPROF, SIGCHLD, SIGWINCH, SIGIO) is the
// business of its timers and children: on a disk no such signal makes open(2) or read(2) fail, and few programs expect it. It is
// delivered when the call is over. What is blocked or ignored is no signal, and what stops a program (^Z) does so after the call.
// A program that was killed closes its files on the way out; nobody hears the result, so that is not waited for either.
// State: none. What can go wrong: no /proc, or one of other processes; then nothing is known, and the kernel's word has to do.

import Glibc

struct CallerSignals: Equatable {
  /// Bit n - 1 is signal n.
  private(set) var pending: UInt64 = 0
  private(set) var blocked: UInt64 = 0
  private(set) var ignored: UInt64 = 0
  private(set) var caught: UInt64 = 0
  /// On its way out because of a signal.
  private(set) var isDying = false

  private static let orders = mask([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL])
  /// What these do by default does not end a program.
  private static let harmless = mask([SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU])

  var tellToStop: Bool {
    if isDying { return true }
    let delivered = pending & ~(blocked | ignored)
    return delivered & Self.orders != 0 || delivered & ~(caught | Self.harmless) != 0
  }

  /// What /proc says of `thread`; nil when it says nothing.
  static func of(thread: Int32) -> CallerSignals? {
    guard thread > 0, let status = read("/proc/\(thread)/status"), let stat = read("/proc/\(thread)/stat") else {
      return nil
    }
    return CallerSignals(status: status, stat: stat)
  }

  /// Understands `/proc/N/status` and `/proc/N/stat` (proc(5)); nil when signals are not in there.
  init?(status: String, stat: String) {
    var hasPending = false
    for line in status.utf8.split(separator: UInt8(ascii: "\n")) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
        let value = UInt64(Substring(line[colon...].dropFirst(2)), radix: 16)
      else { continue }
      switch String(Substring(line[..<colon])) {
      case "SigPnd", "ShdPnd":
        pending |= value
        hasPending = true
      case "SigBlk": blocked = value
      case "SigIgn": ignored = value
      case "SigCgt": caught = value
      default: break
      }
    }
    guard hasPending else { return nil }
    // Behind the name, which may have blanks and parentheses: field 3 and those after it.
    let fields = stat.utf8.split(separator: UInt8(ascii: ")")).last?.split(separator: UInt8(ascii: " ")) ?? []
    guard fields.count > 49, let flags = UInt32(Substring(fields[6])), let code = Int32(Substring(fields[49])) else {
      return
    }
    // PF_EXITING of the kernel's sched.h; the code is that of waitpid(2).
    isDying = flags & 0x4 != 0 && code & 0x7F != 0
  }

  private static func mask(_ signals: [Int32]) -> UInt64 { signals.reduce(0) { $0 | 1 << UInt64($1 - 1) } }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { buffer in
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
  }
}
