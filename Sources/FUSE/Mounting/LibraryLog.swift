// SPDX-License-Identifier: Apache-2.0
//
// libfuse's messages, which would go to stderr.
//
// For: its functions return -1 and say why in a message only. State: one handler for the process, as libfuse has it, and
// what the threads that are recording have heard. Threads: any; libfuse calls the handler on the thread that complains.
// What can go wrong: fusermount3 is a process of its own and writes to the stderr it inherits.

import CFUSE
import Glibc
import Locking
import Logging

enum LibraryLog {
  private struct State {
    var logger: Logger?
    var recordings: [pthread_t: String] = [:]
  }

  private static let state = Lock(State())

  /// Sends messages to `logger`, the last one that was installed, from now on.
  static func install(_ logger: Logger) {
    state.withLock { $0.logger = logger }
    fuse_set_log_func { level, format, arguments in
      guard let format, let arguments else { return }
      var buffer = [CChar](repeating: 0, count: 1024)
      vsnprintf(&buffer, buffer.count, format, arguments)
      LibraryLog.receive(level, buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) })
    }
  }

  /// Runs `body` and returns with its result what libfuse said on this thread meanwhile, in one line.
  static func recording<Result>(_ body: () -> Result) -> (result: Result, messages: String) {
    let thread = pthread_self()
    state.withLock { $0.recordings[thread] = "" }
    let result = body()
    let text = state.withLock { $0.recordings.removeValue(forKey: thread) } ?? ""
    return (result, text.split(whereSeparator: \.isNewline).map(withoutPrefix).joined(separator: "; "))
  }

  private static func receive(_ level: fuse_log_level, _ text: String) {
    let logger: Logger? = state.withLock { state in
      guard state.recordings[pthread_self()] == nil else {
        // libfuse says some things in several calls.
        state.recordings[pthread_self()]?.append(text)
        return nil
      }
      return state.logger
    }
    let isError = level.rawValue <= FUSE_LOG_ERR.rawValue
    for line in text.split(whereSeparator: \.isNewline) {
      logger?.log(level: isError ? .error : .debug, "libfuse: \(withoutPrefix(line))")
    }
  }

  private static func withoutPrefix(_ line: Substring) -> Substring {
    line.hasPrefix("fuse: ") ? line.dropFirst(6) : line
  }
}
