// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads both outputs of a child until it is gone. One thread, one call.
struct ChildReader {
  private let child: pid_t
  private let output: Int32
  private let errors: Int32
  private let outputLimit: Int
  private let deadline: Double
  private var result = ChildProcess.Output(standardOutput: [], standardError: [], status: nil)
  private var isOutputOpen = true
  private var areErrorsOpen = true

  /// Enough for the first line of a complaint.
  private static let errorLimit = 4_096

  init(child: pid_t, output: Int32, errors: Int32, outputLimit: Int, timeLimit: Double) {
    self.child = child
    self.output = output
    self.errors = errors
    self.outputLimit = outputLimit
    deadline = ChildReader.now() + timeLimit
  }

  mutating func readToEnd() throws(ChildProcess.Failure) -> ChildProcess.Output {
    while true {
      let hasExited = reap(blocking: false)
      // After its exit only what is in the pipes already counts: a grandchild may hold them open for ever.
      try drain()
      if hasExited { return result }
      let remaining = deadline - ChildReader.now()
      if remaining <= 0 { throw .timedOut }
      waitForOutput(milliseconds: Int32(min(remaining, 0.05) * 1_000) + 1)
    }
  }

  /// Collects the exit status; true when the child is gone.
  mutating func reap(blocking: Bool) -> Bool {
    var status: Int32 = 0
    while true {
      let reaped = waitpid(child, &status, blocking ? 0 : WNOHANG)
      if reaped == child {
        result.status = status
        return true
      }
      if reaped == 0 { return false }
      // ECHILD: the daemon ignores SIGCHLD, the kernel took the status away. It is gone either way.
      if errno != EINTR { return true }
    }
  }

  private mutating func drain() throws(ChildProcess.Failure) {
    while isOutputOpen {
      guard let bytes = ChildReader.read(output, isOpen: &isOutputOpen) else { break }
      result.standardOutput += bytes
      if result.standardOutput.count > outputLimit { throw .tooMuchOutput }
    }
    // At most a pipe's worth a turn, so that endless complaints run into the deadline.
    for _ in 0..<16 where areErrorsOpen {
      guard let bytes = ChildReader.read(errors, isOpen: &areErrorsOpen) else { break }
      result.standardError += bytes.prefix(max(0, ChildReader.errorLimit - result.standardError.count))
    }
  }

  private static func read(_ descriptor: Int32, isOpen: inout Bool) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count > 0 { return Array(buffer[..<count]) }
      if count < 0 && errno == EINTR { continue }
      if count == 0 || errno != EAGAIN { isOpen = false }
      return nil
    }
  }

  private func waitForOutput(milliseconds: Int32) {
    // poll(2) passes over negative descriptors; with both closed it is a plain wait for the exit.
    var descriptors = [
      pollfd(fd: isOutputOpen ? output : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: areErrorsOpen ? errors : -1, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&descriptors, 2, milliseconds)
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
