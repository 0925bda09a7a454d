// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("The end of a mount")
struct ShutdownTests {
  struct Step: Sendable {
    let event: Shutdown.Event
    let action: Shutdown.Action?

    init(_ event: Shutdown.Event, _ action: Shutdown.Action?) {
      self.event = event
      self.action = action
    }
  }

  private static let polite = StopRequest(detachesWhenBusy: false)
  private static let hurried = StopRequest(detachesWhenBusy: false, timeout: 30)
  private static let lazy = StopRequest(detachesWhenBusy: true, timeout: 4)

  static let courses: [(String, [Step])] = [
    (
      "unmounted by somebody else",
      [Step(.sessionEnded, .drain(timeout: nil)), Step(.drained, .exit)]
    ),
    (
      "pail umount",
      [
        Step(.stop(polite), .unmount), Step(.unmounted(.done), .awaitSession(seconds: 10)),
        Step(.sessionEnded, .drain(timeout: nil)), Step(.drained, .exit),
      ]
    ),
    (
      "pail umount --timeout 30",
      [
        Step(.stop(hurried), .unmount), Step(.unmounted(.done), .awaitSession(seconds: 10)),
        Step(.sessionEnded, .drain(timeout: 30)),
      ]
    ),
    (
      "busy, refused, and later free",
      [
        Step(.stop(polite), .unmount), Step(.unmounted(.busy), .refuse(.busy)), Step(.stop(polite), .unmount),
        Step(.unmounted(.done), .awaitSession(seconds: 10)), Step(.sessionEnded, .drain(timeout: nil)),
      ]
    ),
    (
      "an unmount that fails is refused",
      [Step(.stop(polite), .unmount), Step(.unmounted(.failed("x")), .refuse(.failed("x")))]
    ),
    (
      "SIGTERM while busy, files closed in time",
      [
        Step(.stop(.signal), .unmount), Step(.unmounted(.busy), .detach),
        Step(.unmounted(.done), .awaitSession(seconds: 10)), Step(.sessionEnded, .drain(timeout: nil)),
        Step(.drained, .exit),
      ]
    ),
    (
      "SIGTERM while busy, files never closed",
      [
        Step(.stop(.signal), .unmount), Step(.unmounted(.busy), .detach),
        Step(.unmounted(.done), .awaitSession(seconds: 10)), Step(.waitOver, .endSession),
        Step(.sessionEnded, .drain(timeout: nil)), Step(.drained, .exit),
      ]
    ),
    (
      "a session that does not even end when told to",
      [
        Step(.stop(.signal), .unmount), Step(.unmounted(.failed("x")), .detach),
        Step(.unmounted(.failed("x")), .endSession),
        Step(.waitOver, .drain(timeout: nil)), Step(.sessionEnded, nil), Step(.drained, .exit),
      ]
    ),
    (
      "--lazy waits for open files as long as --timeout says",
      [
        Step(.stop(lazy), .unmount), Step(.unmounted(.busy), .detach),
        Step(.unmounted(.done), .awaitSession(seconds: 4)),
        Step(.waitOver, .endSession), Step(.sessionEnded, .drain(timeout: 4)),
      ]
    ),
    (
      "--lazy without a timeout waits for ever, until a signal comes",
      [
        Step(.stop(StopRequest(detachesWhenBusy: true)), .unmount), Step(.unmounted(.busy), .detach),
        Step(.unmounted(.done), .awaitSession(seconds: nil)), Step(.stop(.signal), .awaitSession(seconds: 10)),
        Step(.waitOver, .endSession),
      ]
    ),
    (
      "detached by somebody else before, and still in use",
      [
        Step(.stop(polite), .unmount), Step(.unmounted(.notMounted), .awaitSession(seconds: nil)),
        Step(.sessionEnded, .drain(timeout: nil)),
      ]
    ),
    (
      "a second request does not take the limit from a session that must end by itself",
      [
        Step(.stop(polite), .unmount), Step(.unmounted(.done), .awaitSession(seconds: 10)),
        Step(.stop(polite), .awaitSession(seconds: 10)), Step(.waitOver, .endSession),
      ]
    ),
    (
      "requests that come while it drains change nothing",
      [
        Step(.sessionEnded, .drain(timeout: nil)), Step(.stop(.signal), nil), Step(.drained, .exit),
        Step(.waitOver, nil),
      ]
    ),
  ]

  @Test("follows its rules", arguments: courses.map(\.0).indices)
  func course(number: Int) {
    let (name, steps) = Self.courses[number]
    var shutdown = Shutdown()
    for (index, step) in steps.enumerated() {
      #expect(shutdown.handle(step.event) == step.action, "\(name), step \(index)")
    }
  }
}
