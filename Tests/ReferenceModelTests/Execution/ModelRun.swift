// SPDX-License-Identifier: Apache-2.0

import Foundation
import Locking
import TestSupport

/// Many sequences, on threads of their own. Options are environment variables: PAIL_MODEL_SEQUENCES (how many),
/// PAIL_MODEL_PARTIAL_SEQUENCES, PAIL_MODEL_LARGE_SEQUENCES, PAIL_MODEL_SERVER_SEQUENCES (the same of those tests),
/// PAIL_MODEL_SEED (the first), PAIL_MODEL_REPEAT (each of them so often, for races), PAIL_MODEL_REPLAY (one sequence as text, or
/// the path of a file with one).
enum ModelRun {
  struct Failure: Sendable, CustomStringConvertible {
    var seed: UInt64
    /// Shrunk as far as it fails again.
    var sequence: ModelSequence
    var difference: String

    var description: String {
      "seed \(seed): \(difference)\n  PAIL_MODEL_REPLAY='\(sequence)'"
    }
  }

  static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  private static var replayText: String { ProcessInfo.processInfo.environment["PAIL_MODEL_REPLAY"] ?? "" }

  static var hasReplay: Bool { !replayText.isEmpty }

  /// The sequence that PAIL_MODEL_REPLAY names.
  static func replay() throws -> ModelSequence {
    let value = replayText
    let text = value.hasPrefix("/") ? try String(contentsOfFile: value, encoding: .utf8) : value
    guard let sequence = ModelSequence(text) else { throw TestSupportError("no sequence: \(text)") }
    return sequence
  }

  /// Runs the sequences of `seeds`, and shrinks those that fail, at most `limit` of them.
  ///
  /// - Parameter store: makes one for each run.
  static func run(
    _ seeds: Range<UInt64>, isLarge: Bool = false, isPartial: Bool = false, threads: Int, limit: Int = 3,
    store: @escaping @Sendable () throws -> any ModelStore
  ) async throws -> [Failure] {
    let next = Lock(seeds.lowerBound)
    let failures = Lock<[Failure]>([])
    let workers = (0..<threads).map { _ in
      BlockingWork.startJoinable {
        while let seed = take(next, seeds.upperBound), failures.withLock({ $0.count }) < limit {
          let sequence = SequenceGenerator.sequence(seed: seed, isLarge: isLarge, isPartial: isPartial)
          guard let first = difference(sequence, times: times, isThorough: seed % 8 == 0, store) else { continue }
          let shrunk = SequenceShrinker.shrink(sequence, limit: 600) { difference($0, store) != nil }
          let failure =
            difference(shrunk, store).map { Failure(seed: seed, sequence: shrunk, difference: $0) }
            ?? Failure(seed: seed, sequence: sequence, difference: "now and then: \(first)")
          failures.withLock { $0.append(failure) }
        }
      }
    }
    for worker in workers { try await worker.value() }
    return failures.withLock { $0 }
  }

  private static func take(_ next: Lock<UInt64>, _ end: UInt64) -> UInt64? {
    next.withLock { next in
      guard next < end else { return nil }
      defer { next += 1 }
      return next
    }
  }

  /// How often each sequence runs.
  static var times: UInt64 { number("PAIL_MODEL_REPEAT") ?? 1 }

  /// What the first of so many runs says that differs.
  static func difference(
    _ sequence: ModelSequence, times: UInt64, isThorough: Bool = true, _ store: () throws -> any ModelStore
  ) -> String? {
    for _ in 0..<times {
      if let difference = difference(sequence, store, isThorough: isThorough) { return difference }
    }
    return nil
  }

  private static func difference(
    _ sequence: ModelSequence, _ store: () throws -> any ModelStore, isThorough: Bool = true
  ) -> String? {
    do {
      return SequenceRunner.run(sequence, on: try store(), isThorough: isThorough)?.description
    } catch {
      return "\(error)"
    }
  }
}
