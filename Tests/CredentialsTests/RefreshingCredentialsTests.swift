// SPDX-License-Identifier: Apache-2.0

import Locking
import SigV4
import TestSupport
import Testing

@testable import Credentials

@Suite struct RefreshingCredentialsTests {
  /// A source that answers when the test says so.
  private final class Source: Sendable {
    private struct State {
      var calls = 0
      var waiting: [CheckedContinuation<Result<AWSCredentials, CredentialsError>, Never>] = []
    }
    private let state = Lock(State())

    var calls: Int { state.withLock { $0.calls } }

    func get() async throws(CredentialsError) -> AWSCredentials {
      let result = await withCheckedContinuation { continuation in
        state.withLockAndNotify {
          $0.calls += 1
          $0.waiting.append(continuation)
        }
      }
      return try result.get()
    }

    /// Answers the call that is waiting, or the next one if it comes in time.
    func answer(_ result: Result<AWSCredentials, CredentialsError>, within seconds: Double = 20) async {
      let continuation = await withCheckedContinuation { found in
        DetachedThread.start { [state] in
          found.resume(returning: state.wait(timeout: seconds) { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() })
        }
      }
      continuation?.resume(returning: result)
    }
  }

  private static func credentials(_ name: String, _ expiration: Int64?) -> AWSCredentials {
    AWSCredentials(accessKeyID: name, secretAccessKey: "s", expiration: expiration)
  }
  private let source = Source()
  private let clock = Lock<Int64>(0)

  private func cache() -> RefreshingCredentials {
    RefreshingCredentials(now: { [clock] in clock.withLock { $0 } }) {
      [source] () async throws(CredentialsError) in try await source.get()
    }
  }

  @Test func oneRefreshForAllWaiters() async throws {
    let cache = cache()
    let first = RefreshingCredentialsTests.credentials("first", nil)
    try await withThrowingTaskGroup(of: AWSCredentials.self) { group in
      for _ in 0..<50 { group.addTask { try await cache.credentials() } }
      await source.answer(.success(first))
      for try await credentials in group { #expect(credentials == first) }
    }
    #expect(source.calls == 1)
    #expect(try await cache.credentials() == first)
    #expect(source.calls == 1)
  }

  @Test func everyWaiterGetsTheError() async {
    let cache = cache()
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<10 {
        group.addTask {
          do throws(CredentialsError) {
            _ = try await cache.credentials()
            return false
          } catch { return error.message == "down" }
        }
      }
      // A task that begins late asks the source again, so one answer may not do.
      let answering = Task {
        while !Task.isCancelled { await source.answer(.failure(CredentialsError("down")), within: 0.05) }
      }
      for await isRight in group { #expect(isRight) }
      answering.cancel()
    }
  }

  @Test func aCancelledWaiterLeavesTheRefreshToTheOthers() async throws {
    let cache = cache()
    let cancelled = Task { try await cache.credentials() }
    let patient = Task { try await cache.credentials() }
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await cache.credentials()
    }
    cancelled.cancel()
    // Returns although the source is silent.
    await #expect(throws: CredentialsError.self) { try await cancelled.value }
    await #expect(throws: CredentialsError.self) { try await early.value }
    let first = RefreshingCredentialsTests.credentials("first", nil)
    await source.answer(.success(first))
    #expect(try await patient.value == first)
    #expect(source.calls == 1)
  }

  @Test func theOldOnesAreUsedWhileNewOnesAreFetched() async throws {
    let cache = cache()
    let old = RefreshingCredentialsTests.credentials("old", 1_000)
    async let first = cache.credentials()
    await source.answer(.success(old))
    #expect(try await first == old)
    clock.withLock { $0 = 800 }
    #expect(try await cache.credentials() == old)
    #expect(try await cache.credentials() == old)
    // Near the end callers wait for the refresh that is under way.
    clock.withLock { $0 = 950 }
    async let late = cache.credentials()
    let new = RefreshingCredentialsTests.credentials("new", 5_000)
    await source.answer(.success(new))
    #expect(try await late == new)
    #expect(source.calls == 2)
  }

  @Test func rejectedCredentialsAreReplaced() async throws {
    let cache = cache()
    let old = RefreshingCredentialsTests.credentials("old", nil)
    async let first = cache.credentials()
    await source.answer(.success(old))
    #expect(try await first == old)
    clock.withLock { $0 = 100 }
    await cache.invalidate(old)
    async let second = cache.credentials()
    let new = RefreshingCredentialsTests.credentials("new", nil)
    await source.answer(.success(new))
    #expect(try await second == new)
    await cache.invalidate(old)
    #expect(try await cache.credentials() == new)
  }
}
