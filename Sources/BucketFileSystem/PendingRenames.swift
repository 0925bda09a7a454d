// SPDX-License-Identifier: Apache-2.0
//
// Renames of directories that a crash, or a store that did not answer, has left half done.
//
// For: bringing each to its end before anybody can see both names: it is tried at the start of a mount, then in the background with
// growing delays, and by everyone who asks for one of its names, who waits for it. State: those that wait, and the attempt under
// way for each, behind one lock. Attempts are tasks; any thread may wait for one that may block.
// What can go wrong: the store does not answer; whoever needs the names gets its error, and the mount goes on. It refuses:
// this run gives the rename up, the log says what is left, and both names are there. The next mount tries again: a wrong clock, or a
// key that was being exchanged, passes.

import Locking
import Logging
import S3Client
import WriteBackCache

final class PendingRenames: Sendable {
  typealias Outcome = Result<Bool, WriteBackFailure>

  private struct State {
    var waiting: [Int64: PendingRename] = [:]
    var running: [Int64: Task<Outcome, Never>] = [:]
  }

  let settlement: RenameSettlement
  private let backoff = RetryBackoff(1...60)
  private let state = Lock(State())

  init(_ settlement: RenameSettlement) { self.settlement = settlement }

  var isEmpty: Bool { state.withLock { $0.waiting.isEmpty } }

  /// One of which `isConcerned` is true, if there is any.
  func first(where isConcerned: (PendingRename) -> Bool) -> PendingRename? {
    state.withLock { $0.waiting.values.first(where: isConcerned) }
  }

  /// Takes one over that is not over.
  func add(_ rename: PendingRename) {
    state.withLock { $0.waiting[rename.id] = rename }
    Task { [weak self, backoff] in
      for attempt in 1... {
        do { try await Task.sleep(nanoseconds: UInt64(backoff.delay(afterAttempts: attempt) * 1e9)) } catch { return }
        guard let self, self.isWaiting(rename) else { return }
        _ = await self.settle(rename)
      }
    }
  }

  private func isWaiting(_ rename: PendingRename) -> Bool { state.withLock { $0.waiting[rename.id] != nil } }

  /// Tries to bring `rename` to its end, or waits for who is trying. It is over afterwards, unless that failed for now.
  func settle(_ rename: PendingRename) async -> Outcome {
    let task = state.withLock { state -> Task<Outcome, Never>? in
      if let running = state.running[rename.id] { return running }
      guard state.waiting[rename.id] != nil else { return nil }
      let task = Task { await self.attempt(rename) }
      state.running[rename.id] = task
      return task
    }
    return await task?.value ?? .success(true)
  }

  private func attempt(_ rename: PendingRename) async -> Outcome {
    var outcome: Outcome
    do throws(WriteBackFailure) {
      outcome = .success(try await settlement.settle(rename, isFresh: false))
      settlement.logger.notice(
        "a rename that was interrupted is \(rename.phase == .deleting ? "finished" : "undone")",
        metadata: ["from": "\(rename.from)", "to": "\(rename.to)"])
    } catch {
      outcome = .failure(error)
      if !error.isTransient { await giveUp(rename, error) }
    }
    let isOver = if case .failure(let failure) = outcome { !failure.isTransient } else { true }
    state.withLock { state in
      state.running[rename.id] = nil
      if isOver { state.waiting[rename.id] = nil }
    }
    return outcome
  }

  /// Both names stay as they are, until the next mount.
  func giveUp(_ rename: PendingRename, _ failure: WriteBackFailure) async {
    settlement.logger.error(
      "what a rename has left cannot be deleted; the next mount tries again, or delete it by hand",
      metadata: [
        "prefix": "\(rename.phase == .deleting ? rename.from : rename.to)", "renamed": "\(rename.from) to \(rename.to)",
        "error": "\(failure)",
      ])
    await settlement.leave(rename)
  }
}
