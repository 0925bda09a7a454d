// SPDX-License-Identifier: Apache-2.0
//
// Whether the program that waits for an operation has been told to stop.
//
// For: ^C and kill(1) end a program that waits for a slow store. Whoever drives a file system says how to find out
// (`withProbe`); every wait that may be long looks now and then, and throws `Interrupted`, which becomes EINTR.
// The rule: only a wait whose end changes nothing may be given up: for an answer that is only read, for somebody else's turn, for
// an upload that goes on without its waiter. A change that the store was sent is waited for: nobody could tell whether it
// happened. What is given up leaves everything as an answer that did not come in time would; every operation is ready for that. In
// the middle of a change that has no way back nobody is interrupted (`shielded`).
// State: one pointer a thread, to whoever runs the operation on it. Threads: it answers for the operation that this thread
// serves; on any other thread, and outside of operations, nobody is interrupted.
// What can go wrong: nobody is woken, and the signal is seen `interval` seconds late.

import Glibc

/// The program was told to stop; what it waited for is not there.
package struct Interrupted: Error {
  package init() {}
}

package enum Interruption {
  private struct Probe {
    let isInterrupted: () -> Bool
  }

  /// Seconds between two looks. A look reads two files of /proc: some 50 microseconds.
  package static let interval = 0.2

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Whether this thread serves somebody who may be interrupted.
  package static var isPossible: Bool { pthread_getspecific(key) != nil }

  /// The caller of the operation that this thread serves was told to stop, or nobody waits for it any more, because the mount is
  /// gone.
  package static var isRequested: Bool {
    guard let probe = pthread_getspecific(key) else { return false }
    return probe.assumingMemoryBound(to: Probe.self).pointee.isInterrupted()
  }

  /// Runs an operation whose interruption `probe` can tell. For whoever drives a file system.
  package static func withProbe<Result, Failure: Error>(
    _ probe: () -> Bool, _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withoutActuallyEscaping(probe) { (probe) throws(Failure) -> Result in
      var probe = Probe(isInterrupted: probe)
      return try withUnsafeMutablePointer(to: &probe) { (pointer) throws(Failure) -> Result in
        try with(pointer, operation)
      }
    }
  }

  /// Runs a part of an operation that must come to its end.
  package static func shielded<Result, Failure: Error>(
    _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try with(nil, operation)
  }

  private static func with<Result, Failure: Error>(
    _ probe: UnsafeMutablePointer<Probe>?, _ operation: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outer = pthread_getspecific(key)
    pthread_setspecific(key, probe)
    defer { pthread_setspecific(key, outer) }
    return try operation()
  }
}

extension Lock {
  /// ``waitForever(until:)`` for a program that may be told to stop.
  ///
  /// - Throws: ``Interrupted`` within ``Interruption/interval`` seconds after that; `body` has returned nil then.
  package func waitInterruptibly<Result>(
    until body: (inout State) -> Result?
  ) throws(Interrupted) -> Result {
    guard Interruption.isPossible else { return waitForever(until: body) }
    while true {
      if let result = wait(timeout: Interruption.interval, until: body) { return result }
      // Outside of the lock: it reads files.
      if Interruption.isRequested { throw Interrupted() }
    }
  }
}
