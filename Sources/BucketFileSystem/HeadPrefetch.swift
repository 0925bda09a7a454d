// SPDX-License-Identifier: Apache-2.0
//
// Asks for the stored attributes of many objects at once, ahead of a program that looks at one after the other.
//
// For: the first `ls -l` or `rsync` of a directory. State: the HEADs under way by key, behind one lock. FUSE workers ask for
// one key and name those that will likely follow. What can go wrong: a scan that stops early has asked for a few objects too
// many; the number ahead is bounded.

import Locking
import S3Client
import Transfer

final class HeadPrefetch: Sendable {
  typealias Answer = Result<ObjectHead, S3Error>

  /// HEADs under way at once.
  static let width = 64

  private let lookup: ObjectLookup
  private let cache: AttributeCache
  private let state = Lock<[ObjectKey: Running]>([:])

  private struct Running {
    let task: Task<Answer, Never>
    /// Monotonic seconds.
    let startedAt: Double
  }

  init(lookup: ObjectLookup, cache: AttributeCache) {
    self.lookup = lookup
    self.cache = cache
  }

  /// The HEAD of `key`, its own or one that is under way, and when (monotonic seconds) it was sent.
  func head(_ key: ObjectKey) async -> (answer: Answer, startedAt: Double) {
    let startedAt = MonotonicTime.now
    guard let running = start(key, isDemanded: true) else { return (await ask(key), startedAt) }
    return (await running.task.value, running.startedAt)
  }

  /// Begins HEADs of `keys`, as far as there is room.
  func begin(_ keys: [ObjectKey]) {
    for key in keys {
      guard start(key, isDemanded: false) != nil else { return }
    }
  }

  private func start(_ key: ObjectKey, isDemanded: Bool) -> Running? {
    state.withLock { running in
      if let known = running[key] { return known }
      guard isDemanded || running.count < HeadPrefetch.width else { return nil }
      let started = Running(task: Task { [self] in await ask(key) }, startedAt: MonotonicTime.now)
      running[key] = started
      return started
    }
  }

  private func ask(_ key: ObjectKey) async -> Answer {
    let answer: Answer
    do throws(S3Error) {
      let head = try await lookup.head(key)
      let version = AttributeCache.Version(etag: head.etag, lastModified: head.lastModified)
      cache.remember(key, version, StoredAttributes(metadata: head.properties.metadata))
      answer = .success(head)
    } catch {
      answer = .failure(error)
    }
    state.withLock { _ = $0.removeValue(forKey: key) }
    return answer
  }
}
