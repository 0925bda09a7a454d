// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A joinable thread with a small stack and with signals blocked.
enum WorkerThread {
  /// 512 KiB: an operation is one straight stack without deep recursion.
  private static let stackSize = 512 * 1024
  /// At most 15 bytes.
  static let name = "fuse-worker"

  private final class Entry {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs `body` on a new thread, which somebody must join. Returns 0 or an error number.
  static func start(_ body: @escaping @Sendable () -> Void) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    let entry = Unmanaged.passRetained(Entry(body))
    // The new thread inherits the mask, so that no signal can reach it before it has blocked them.
    var blocked = WakeSignal.blockedInWorkers
    var previous = sigset_t()
    pthread_sigmask(SIG_SETMASK, &blocked, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    var thread = pthread_t()
    let code = pthread_create(&thread, &attributes, runEntry, entry.toOpaque())
    if code != 0 { entry.release() }
    return code
  }

  private static let runEntry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
    nameThisThread()
    if let argument { Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue().body() }
    return nil
  }

  /// As ps(1), top(1) and debuggers show it. pthread_setname_np is a GNU extension that Swift's Glibc leaves out.
  private static func nameThisThread() {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = write(file, name, name.utf8.count)
    close(file)
  }
}
