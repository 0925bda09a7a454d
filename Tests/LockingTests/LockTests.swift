// SPDX-License-Identifier: Apache-2.0

import Locking
import TestSupport
import Testing

@Suite struct LockTests {
  @Test func onlyOneThreadAtATimeIsInside() async {
    let lock = Lock((counter: 0, inside: 0, crowded: 0))
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          await onThread {
            for _ in 0..<20_000 {
              lock.withLock { state in
                state.inside += 1
                if state.inside != 1 { state.crowded += 1 }
                state.counter += 1
                state.inside -= 1
              }
            }
          }
        }
      }
    }
    let (counter, _, crowded) = lock.withLock { $0 }
    #expect(counter == 160_000)
    #expect(crowded == 0)
  }

  @Test func anErrorPassesThroughAndTheLockIsFreeAfterIt() {
    struct Failure: Error, Equatable {}
    let lock = Lock(1)
    #expect(throws: Failure()) {
      try lock.withLock { state throws(Failure) in
        state = 2
        throw Failure()
      }
    }
    #expect(throws: Failure()) {
      try lock.withLockAndNotify { state throws(Failure) in
        state += 1
        throw Failure()
      }
    }
    #expect(lock.withLock { $0 } == 3)
  }

  @Test func aWaiterSeesWhatTheNotifierChanged() async {
    let lock = Lock([Int]())
    async let received = onThread { lock.wait { $0.isEmpty ? nil : $0.removeFirst() } }
    lock.withLockAndNotify { $0.append(42) }
    let value = await received
    #expect(value == 42)
  }

  @Test func oneNotificationWakesAllWaiters() async {
    let lock = Lock((waiting: 0, isOpen: false))
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 {
        group.addTask {
          await self.onThread {
            lock.withLockAndNotify { $0.waiting += 1 }
            return lock.wait(timeout: 20) { $0.isOpen ? true : nil } ?? false
          }
        }
      }
      group.addTask {
        await self.onThread {
          let allWait = lock.wait(timeout: 20) { $0.waiting == 4 ? true : nil } ?? false
          lock.withLockAndNotify { $0.isOpen = true }
          return allWait
        }
      }
      for await isWoken in group { #expect(isWoken) }
    }
  }

  @Test func waitingEndsWithTheTimeout() async {
    let lock = Lock(0)
    let (result, seconds) = await onThread {
      let clock = ContinuousClock()
      var result: Int?
      let duration = clock.measure { result = lock.wait(timeout: 0.2) { _ in nil as Int? } }
      return (result, Double(duration.components.attoseconds) * 1e-18 + Double(duration.components.seconds))
    }
    #expect(result == nil)
    #expect(seconds >= 0.2)
  }

  @Test func notificationsThatChangeNothingDoNotProlongTheTimeout() async {
    let lock = Lock(false)
    async let notifier: Void = onThread {
      while !lock.withLockAndNotify({ $0 }) {}
    }
    let result = await onThread { lock.wait(timeout: 0.2) { _ in nil as Int? } }
    lock.withLock { $0 = true }
    await notifier
    #expect(result == nil)
  }

  @Test(arguments: [0, -1.0]) func withoutTimeTheConditionIsAskedOnce(timeout: Double) {
    #expect(Lock(7).wait(timeout: timeout) { $0 } == 7)
    #expect(Lock(7).wait(timeout: timeout) { _ in nil as Int? } == nil)
  }

  @Test(arguments: [Double.infinity, 1e300]) func aTimeoutBeyondAllClocksWaits(timeout: Double) async {
    let lock = Lock(false)
    async let result = onThread { lock.wait(timeout: timeout) { $0 ? 1 : nil } }
    lock.withLockAndNotify { $0 = true }
    let value = await result
    #expect(value == 1)
  }

  /// Runs what blocks outside of the cooperative pool.
  private func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      DetachedThread.start { continuation.resume(returning: body()) }
    }
  }
}
