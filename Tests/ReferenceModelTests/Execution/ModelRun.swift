// SPDX-License-Identifier: Apache-2.0

import Foundation
import Locking
import TestSupport

/// Many sequences, on threads of their own. Options are environment variables: PAIL_MODEL_SEQUENCES (how many),
/// PAIL_MODEL_SEED (the first), PAIL_MODEL_REPLAY (one sequence as text, or the path of a file with one).
enum ModelRun {
  struct Failure: Sendable, CustomStringConvertible {
    var seed: UInt64
    var original: ModelSequence
    var shrunk: ModelSequence
    var difference: String

    var description: String {
      "seed \(seed): \(difference)\n  PAIL_MODEL_REPLAY='\(shrunk)'"
    }
  }

  static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }

  /// The sequence that PAIL_MODEL_REPLAY names.
  static func replay() throws -> ModelSequence? {
    guard let value = ProcessInfo.processInfo.environment["PAIL_MODEL_REPLAY"], !value.isEmpty else { return nil }
    let text = value.hasPrefix("/") ? try String(contentsOfFile: value, encoding: .utf8) : value
    guard let sequence = ModelSequence(text) else { throw TestSupportError("no sequence: \(text)") }
    return sequence
  }

  /// Runs the sequences of `seeds`, and shrinks those that fail, at most `limit` of them.
  ///
  /// - Parameter store: makes one for each run.
  static func run(
    _ seeds: Range<UInt64>, isLarge: Bool = false, threads: Int, limit: Int = 3,
    store: @escaping @Sendable () throws -> any ModelStore
  ) async throws -> [Failure] {
    let next = Lock(seeds.lowerBound)
    let failures = Lock<[Failure]>([])
    let workers = (0..<threads).map { _ in
      BlockingWork.startJoinable {
        while let seed = take(next, seeds.upperBound), failures.withLock({ $0.count }) < limit {
          let sequence = SequenceGenerator.sequence(seed: seed, isLarge: isLarge)
          guard let difference = difference(sequence, store, isThorough: seed % 8 == 0) else { continue }
          let shrunk = SequenceShrinker.shrink(sequence, limit: 600) { self.difference($0, store) != nil }
          let text = self.difference(shrunk, store) ?? "only once: \(difference)"
          failures.withLock { $0.append(Failure(seed: seed, original: sequence, shrunk: shrunk, difference: text)) }
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
