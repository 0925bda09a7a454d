// SPDX-License-Identifier: Apache-2.0
//
// How a mount ends: the order of unmounting, uploading and leaving.
//
// For: ``Supervisor``, which carries out the actions. A pure value: event in, action out; tested by tables.
// The order is unmount first, upload second: unmounting makes the kernel hand over what it holds and lets no new write in,
// so that an upload of "everything that is left" has an end. A busy mount is left alone when a person asked (`pail umount`
// says who is in the way), and detached when a signal asked: the machine may be going down, and whoever has a file open
// gets some seconds to close it. What is not in the bucket when the process ends stays in the cache directory, always.

/// Somebody wants the mount to end.
package struct StopRequest: Equatable, Sendable {
  /// Take a busy mount out of the tree all the same; its open files go on for `grace`.
  package var detachesWhenBusy: Bool
  /// Seconds for open files and uploads together; nil for as long as it takes.
  package var timeout: Double?
  /// Seconds that open files of a detached mount get; nil for as long as it takes.
  package var grace: Double?

  package init(detachesWhenBusy: Bool, timeout: Double? = nil, grace: Double? = nil) {
    self.detachesWhenBusy = detachesWhenBusy
    self.timeout = timeout
    self.grace = grace
  }

  /// SIGTERM and SIGINT. Ten seconds are a few of the ninety that systemd waits before it kills.
  package static let signal = StopRequest(detachesWhenBusy: true, grace: 10)
}

/// The state machine of a mount's end.
package struct Shutdown: Sendable {
  package enum Phase: Equatable, Sendable {
    case mounted
    /// An unmount is being tried.
    case unmounting
    /// A lazy one is.
    case detaching
    /// Out of the tree; the kernel tells when the last open file is closed.
    case leaving
    /// The session was told to end although files are open.
    case forced
    case draining
    case finished
  }

  package enum Event: Equatable, Sendable {
    case stop(StopRequest)
    case unmounted(UnmountResult)
    /// The kernel ended the session: after an unmount of ours, or anybody's.
    case sessionEnded
    /// The seconds of ``Action/awaitSession(seconds:)`` are over.
    case waitOver
    case drained
  }

  package enum Action: Equatable, Sendable {
    case unmount
    case detach
    /// Wait for ``Event/sessionEnded``; nil for ever.
    case awaitSession(seconds: Double?)
    /// End the session although it is in use.
    case endSession
    /// Upload what is left; nil for as long as it takes.
    case drain(timeout: Double?)
    /// Tell who asked that the mount stays, and why.
    case refuse(UnmountResult)
    case exit
  }

  package private(set) var phase = Phase.mounted
  private var request = StopRequest(detachesWhenBusy: false)
  /// Seconds that the session may take whatever was asked: set when nobody can have a file open any more.
  private var sessionLimit: Double?

  /// A session that must end by itself does so within this many seconds, or is left behind.
  private let sessionPatience: Double

  package init(sessionPatience: Double = 10) { self.sessionPatience = sessionPatience }

  /// Nil means: wait for the next event.
  package mutating func handle(_ event: Event) -> Action? {
    switch (phase, event) {
    case (.mounted, .stop(let request)):
      self.request = request
      phase = .unmounting
      return .unmount
    case (.leaving, .stop(let later)):
      request = Shutdown.sooner(request, later)
      return .awaitSession(seconds: patience)
    case (.unmounting, .unmounted(let result)): return afterUnmount(result)
    case (.detaching, .unmounted(let result)): return afterDetach(result)
    case (.leaving, .waitOver):
      phase = .forced
      return .endSession
    case (.mounted, .sessionEnded), (.unmounting, .sessionEnded), (.detaching, .sessionEnded),
      (.leaving, .sessionEnded),
      (.forced, .sessionEnded), (.forced, .waitOver):
      phase = .draining
      return .drain(timeout: request.timeout)
    case (.draining, .drained):
      phase = .finished
      return .exit
    default: return nil
    }
  }

  private mutating func afterUnmount(_ result: UnmountResult) -> Action {
    switch result {
    case .done:
      phase = .leaving
      // Nobody has a file open, or it had been busy: the session ends as soon as the kernel says so.
      sessionLimit = sessionPatience
      return .awaitSession(seconds: sessionLimit)
    case .notMounted:
      // Somebody detached it before; its last user decides.
      phase = .leaving
      return .awaitSession(seconds: patience)
    case .busy, .failed:
      guard request.detachesWhenBusy else {
        phase = .mounted
        return .refuse(result)
      }
      phase = .detaching
      return .detach
    }
  }

  private mutating func afterDetach(_ result: UnmountResult) -> Action {
    switch result {
    case .done, .notMounted:
      phase = .leaving
      return .awaitSession(seconds: patience)
    case .busy, .failed:
      phase = .forced
      return .endSession
    }
  }

  private var patience: Double? {
    [request.timeout, request.grace, sessionLimit].compactMap { $0 }.min()
  }

  /// Of two wishes the more impatient one.
  private static func sooner(_ first: StopRequest, _ second: StopRequest) -> StopRequest {
    StopRequest(
      detachesWhenBusy: first.detachesWhenBusy || second.detachesWhenBusy,
      timeout: [first.timeout, second.timeout].compactMap { $0 }.min(),
      grace: [first.grace, second.grace].compactMap { $0 }.min())
  }
}
