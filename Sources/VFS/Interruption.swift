// SPDX-License-Identifier: Apache-2.0
//
// Whether the program that waits for an operation has been told to stop.
//
// For: a file system that waits long, for example for the network, asks now and then and throws EINTR, so that ^C works.
// State: one pointer a thread, to whoever runs the operation on it. Threads: it answers for the operation that this thread
// serves; on any other thread, and outside of operations, nobody is interrupted.
// What can go wrong: nothing is woken. A waiting thread must look by itself, a few times a second.

import Glibc

package enum Interruption {
  private struct Probe {
    let isInterrupted: () -> Bool
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// The caller of the operation that this thread serves has got a signal (signal(7): the call fails with EINTR), or nobody
  /// waits for it any more, because the mount is gone. The kernel tells of no signal to a reader of cached pages: it lets
  /// the reader go and the read continue.
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
        let outer = pthread_getspecific(key)
        pthread_setspecific(key, pointer)
        defer { pthread_setspecific(key, outer) }
        return try operation()
      }
    }
  }
}
