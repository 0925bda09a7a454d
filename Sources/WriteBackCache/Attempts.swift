// SPDX-License-Identifier: Apache-2.0
//
// The attempts to publish a file of which nobody knows whether the bucket has them. Pure.
//
// For: telling our own version from somebody else's when the store refuses the next attempt. An attempt is in the list from just
// before the request that makes the object until the store has said how that ended; or it is of a process that died. While the file
// is as it was, its bytes tell; the marks tell after it was changed. So they get into the index with the first change behind an
// attempt (see CacheFile+Recording), which costs nothing otherwise; of a file that is here only in part, with the attempt.
// State: a list that is bounded, part of the file's and behind its lock. Nearly always all attempts have the same condition, so that
// only one of them can have been done. What can go wrong: too many without an answer; the first is the likeliest then.

import S3Client

struct Attempts: Sendable {
  struct Attempt: Sendable {
    /// Of the file; ``Attempts/unknown`` for none that it has.
    let generation: UInt64
    /// When it began, by the client's stopwatch.
    let since: Double
    /// Nil when nobody took one down.
    var mark: VersionMark?
    /// What the object was to say about itself, which tells two writers of the same bytes apart; nil when that does not matter.
    let properties: ObjectProperties?
    /// Whether two writers would hardly make the same object, or nobody is left to be told that he was the first.
    let isTelling: Bool
  }

  static let unknown = UInt64.max
  static let most = 8

  private(set) var list: [Attempt] = []

  init(_ list: [Attempt] = []) { self.list = list }

  var isEmpty: Bool { list.isEmpty }

  /// An attempt is about to be made; one that is repeated counts from its first time.
  mutating func add(_ attempt: Attempt) {
    guard !list.contains(where: { $0.generation == attempt.generation && $0.mark == attempt.mark }) else { return }
    if list.count >= Attempts.most { list.remove(at: 1) }
    list.append(attempt)
  }

  /// When the first attempt to publish `generation` began; nil when there was none.
  func since(_ generation: UInt64) -> Double? {
    list.lazy.filter { $0.generation == generation }.map(\.since).min()
  }

  /// Whether the bytes of `generation` tell that an object is ours, if it has all of them.
  ///
  /// - Parameters:
  ///   - count: how many bytes are compared.
  ///   - isAll: whether those are all bytes of the file.
  ///   - isFirst: the file was to be the first of its name: of two programs that make the same one must hear that he was late.
  func tellByBytes(_ generation: UInt64, count: Int64, isAll: Bool, isFirst: Bool) -> Bool {
    list.contains { attempt in
      let isOfEarlierRun = attempt.mark == nil && attempt.isTelling
      return attempt.generation == generation
        && (count >= WriteEvidence.leastDistinctive && !isFirst || isAll && isOfEarlierRun)
    }
  }

  /// Takes a mark down of an attempt of an earlier run, while the file is as it was.
  mutating func mark(_ generation: UInt64, _ mark: VersionMark) {
    guard let index = list.firstIndex(where: { $0.generation == generation && $0.mark == nil }) else { return }
    list[index].mark = mark
  }

  /// Whether an attempt of an earlier run has no mark that would tell after a change of `generation`.
  func lacksMark(_ generation: UInt64) -> Bool {
    list.contains { $0.generation == generation && $0.mark == nil && $0.isTelling }
  }

  /// What was announced of `generation` since `earlier` was not made. A mark that a writer took down meanwhile stays.
  mutating func withdraw(_ generation: UInt64, since earlier: Attempts) {
    list.removeAll { attempt in
      attempt.generation == generation && attempt.properties != nil
        && !earlier.list.contains { $0.generation == generation && $0.mark == attempt.mark }
    }
  }

  mutating func remove(_ mark: VersionMark) { list.removeAll { $0.generation == Attempts.unknown && $0.mark == mark } }

  /// Those that tell an object of ours by its mark.
  var telling: [Attempt] { list.filter { $0.isTelling && $0.mark != nil } }

  /// All marks, for a later run.
  var marks: [VersionMark] { list.compactMap(\.mark) }
}
