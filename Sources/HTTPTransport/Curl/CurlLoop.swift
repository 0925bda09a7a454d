// SPDX-License-Identifier: Apache-2.0
//
// One network thread and the way into it.
//
// For: handing transfers and their cancellation from any task to the thread that owns a curl multi handle. The thread
// itself is CurlWorker. State: an inbox behind one lock; a multi handle that others may only wake, under that lock,
// while the worker has not closed it. Who may call: anyone, from any thread. Each accepted transfer completes exactly
// once, on the loop's thread, after libcurl has let go of it. What can go wrong: threads or memory run out when it
// starts; then it is closed from the beginning, and refuses every transfer.

internal import CCurl
import Glibc
internal import Locking

final class CurlLoop: Sendable {
  struct Inbox {
    var starts: [CurlTransfer] = []
    var cancels: [CurlTransfer] = []
    var isStopping = false
    /// The loop takes nothing more, and the multi handle is gone or about to be.
    var isClosed = false
    var isWakePending = false
    /// Only to wake; nil once it is closed.
    var multi: UnsafeMutableRawPointer?
    /// Until somebody joins it.
    var thread: pthread_t?
    /// For whoever stops the loop from the loop.
    var threadID: pthread_t?
  }

  /// What the loop's thread finds to do.
  struct Work {
    var starts: [CurlTransfer]
    var cancels: [CurlTransfer]
    var isStopping: Bool
  }

  private let inbox = Lock(Inbox())

  init(_ configuration: CurlTransportConfiguration) {
    guard CurlLoop.isLibraryReady, let multi = curl_multi_init() else {
      inbox.withLock { $0.isClosed = true }
      return
    }
    let start = CurlThreadStart(loop: self, multi: multi, configuration: configuration)
    inbox.withLock { inbox in
      inbox.multi = multi
      var thread = pthread_t()
      let argument = Unmanaged.passRetained(start)
      if pthread_create(&thread, nil, curlThreadMain, argument.toOpaque()) == 0 {
        (inbox.thread, inbox.threadID) = (thread, thread)
      } else {
        argument.release()
        curl_multi_cleanup(multi)
        (inbox.multi, inbox.isClosed) = (nil, true)
      }
    }
  }

  /// Once a process; libcurl and OpenSSL want it before any other call.
  private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// Hands over a transfer; `continuation` is resumed once, now or later.
  func start(_ transfer: CurlTransfer, _ continuation: CurlTransfer.Completion) {
    let isAccepted = inbox.withLock { inbox in
      if inbox.isClosed || inbox.isStopping || transfer.isCancelRequested { return false }
      transfer.continuation = continuation
      transfer.isAccepted = true
      inbox.starts.append(transfer)
      CurlLoop.wake(&inbox)
      return true
    }
    if !isAccepted {
      continuation.resume(returning: .failure(TransportError(.cancelled, "the request was cancelled")))
    }
  }

  /// Ends a transfer early; also before it is started, and without effect after its end.
  func cancel(_ transfer: CurlTransfer) {
    inbox.withLock { inbox in
      transfer.isCancelRequested = true
      if !transfer.isAccepted || inbox.isClosed { return }
      inbox.cancels.append(transfer)
      CurlLoop.wake(&inbox)
    }
  }

  /// Ends all transfers and the thread, and waits for it, unless called on it.
  func stop() {
    let (thread, isOwnThread) = inbox.withLock { inbox in
      inbox.isStopping = true
      CurlLoop.wake(&inbox)
      defer { inbox.thread = nil }
      return (inbox.thread, inbox.threadID.map { pthread_equal($0, pthread_self()) != 0 } ?? false)
    }
    if let thread {
      _ = isOwnThread ? pthread_detach(thread) : pthread_join(thread, nil)
    } else if !isOwnThread {
      inbox.wait { $0.isClosed ? () : nil }
    }
  }

  // MARK: Loop thread

  func takeWork() -> Work {
    inbox.withLock { inbox in
      inbox.isWakePending = false
      defer { (inbox.starts, inbox.cancels) = ([], []) }
      return Work(starts: inbox.starts, cancels: inbox.cancels, isStopping: inbox.isStopping)
    }
  }

  /// Nobody touches the multi handle after this, which the worker may then free.
  func close() {
    inbox.withLockAndNotify { inbox in
      inbox.multi = nil
      inbox.isClosed = true
    }
  }

  private static func wake(_ inbox: inout Inbox) {
    guard !inbox.isWakePending, let multi = inbox.multi else { return }
    inbox.isWakePending = true
    curl_multi_wakeup(multi)
  }
}
