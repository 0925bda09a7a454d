// SPDX-License-Identifier: Apache-2.0
//
// Finds a small sequence that still fails: delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing
// Input", 2002), then smaller numbers. Pure but for the question whether a sequence fails.
//
// State: none. Any part of a sequence is a sequence, so steps can go one by one. What can go wrong: a sequence that fails now and
// then; the result is one that failed when it was last tried.

enum SequenceShrinker {
  /// - Parameters:
  ///   - sequence: one that fails.
  ///   - limit: how often `fails` is asked at most.
  static func shrink(
    _ sequence: ModelSequence, limit: Int = 2_000, fails: (ModelSequence) -> Bool
  ) -> ModelSequence {
    var best = sequence
    var left = limit
    func adopt(_ candidate: ModelSequence) -> Bool {
      guard left > 0, candidate != best else { return false }
      left -= 1
      guard fails(candidate) else { return false }
      best = candidate
      return true
    }
    var isSmaller = true
    while isSmaller, left > 0 {
      isSmaller = dropSteps(best, adopt)
      for index in best.operations.indices {
        for simpler in simpler(best.operations[index]) {
          var candidate = best
          candidate.operations[index] = simpler
          if adopt(candidate) { isSmaller = true }
        }
      }
    }
    return best
  }

  /// Leaves out stretches of steps, long ones first.
  private static func dropSteps(_ sequence: ModelSequence, _ adopt: (ModelSequence) -> Bool) -> Bool {
    var best = sequence
    var isSmaller = false
    var length = max(best.operations.count / 2, 1)
    while true {
      var start = 0
      while start < best.operations.count {
        var candidate = best
        candidate.operations.removeSubrange(start..<min(start + length, best.operations.count))
        if adopt(candidate) {
          isSmaller = true
          best = candidate
        } else {
          start += length
        }
      }
      if length == 1 { return isSmaller }
      length /= 2
    }
  }

  /// The same step with less in it, least first.
  private static func simpler(_ operation: ModelOperation) -> [ModelOperation] {
    func smaller(_ number: Int, least: Int = 0) -> [Int] {
      Set([least, 20, number / 2]).filter { $0 < number && $0 >= least }.sorted()
    }
    switch operation {
    case .write(let slot, let offset, let length, let seed):
      return smaller(length, least: 1).map { .write(slot: slot, offset: offset, length: $0, seed: seed) }
        + smaller(offset).map { .write(slot: slot, offset: $0, length: length, seed: seed) }
    case .append(let slot, let length, let seed):
      return smaller(length, least: 1).map { .append(slot: slot, length: $0, seed: seed) }
    case .read(let slot, let offset, let length):
      return smaller(offset).map { .read(slot: slot, offset: $0, length: length) }
    case .ftruncate(let slot, let size): return smaller(size).map { .ftruncate(slot: slot, size: $0) }
    case .truncate(let path, let size): return smaller(size).map { .truncate(path: path, size: $0) }
    case .put(let path, let length, let seed): return smaller(length).map { .put(path: path, length: $0, seed: seed) }
    case .blip(let kind, let count): return smaller(count, least: 1).map { .blip(kind, count: $0) }
    case .create(let slot, let path, let mode, true):
      return [.create(slot: slot, path: path, mode: mode, isExclusive: false)]
    case .open(let slot, let path, let mode, true): return [.open(slot: slot, path: path, mode: mode, truncates: false)]
    default: return []
    }
  }
}
