// SPDX-License-Identifier: Apache-2.0
//
// Keeps credentials and gets new ones before they expire. One refresh at a time, whoever asks; it runs in a task of its
// own, so that a cancelled caller does not take it away from the others, and ends by itself, since every source has its
// time limits.
//
// State: the decisions in RefreshState and the callers that wait, on this actor. Any task may call. A caller that need not
// wait costs one hop to the actor (0.1 microseconds). What can go wrong is what goes wrong in the source.

package import SigV4

package actor RefreshingCredentials: CredentialsProvider {
  private let now: @Sendable () -> Int64
  private let source: @Sendable () async throws(CredentialsError) -> AWSCredentials
  private var state = RefreshState()
  private var waiters: [Int: CheckedContinuation<Result<AWSCredentials, CredentialsError>, Never>] = [:]
  private var lastWaiter = 0

  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - source: gets new credentials; called by one task at a time, never cancelled, must come to an end.
  package init(
    now: @escaping @Sendable () -> Int64,
    source: @escaping @Sendable () async throws(CredentialsError) -> AWSCredentials
  ) {
    self.now = now
    self.source = source
  }

  /// Credentials that are valid now, without waiting unless there are none or they expire within a minute.
  ///
  /// - Throws: what the source throws, when there are no valid ones; at once, as transient, when the task is cancelled.
  package func credentials() async throws(CredentialsError) -> AWSCredentials {
    switch state.ask(now: now()) {
    case .use(let credentials): return credentials
    case .useAndRefresh(let credentials):
      startRefresh()
      return credentials
    case .wait(let start):
      if start { startRefresh() }
      return try await nextResult().get()
    }
  }

  package func invalidate(_ rejected: AWSCredentials) { state.invalidate(rejected, now: now()) }

  private func startRefresh() {
    // The task keeps this object alive until the source has answered, and nobody else needs to: its end is `finish`.
    Task {
      let result: Result<AWSCredentials, CredentialsError>
      do throws(CredentialsError) { result = .success(try await source()) } catch { result = .failure(error) }
      finish(result)
    }
  }

  private func finish(_ result: Result<AWSCredentials, CredentialsError>) {
    let outcome = state.finish(result, now: now())
    let waiting = waiters
    waiters = [:]
    for waiter in waiting.values { waiter.resume(returning: outcome) }
  }

  private func nextResult() async -> Result<AWSCredentials, CredentialsError> {
    lastWaiter += 1
    let id = lastWaiter
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Cancelled before it waits: the handler has run, or will find nobody.
        if Task.isCancelled {
          continuation.resume(returning: .failure(RefreshingCredentials.cancelled))
        } else {
          waiters[id] = continuation
        }
      }
    } onCancel: {
      Task { await self.giveUp(id) }
    }
  }

  private func giveUp(_ id: Int) {
    waiters.removeValue(forKey: id)?.resume(returning: .failure(RefreshingCredentials.cancelled))
  }

  private static let cancelled = CredentialsError("the request was cancelled", isTransient: true)
}
