// SPDX-License-Identifier: Apache-2.0
//
// The moment that an upload publishes.
//
// For: publishing. The seal fixes size, name, properties, condition and the way to the bucket; from then on bytes that were not sent
// yet cannot change. What the way needs must be here before: missing bytes are fetched on threads of their own, since they wait for
// the network, and nothing is sealed meanwhile. So it is looked at anew afterwards. State: that of the file. Tasks of the upload.
// A program that writes without a pause leaves no moment between two changes: the next one waits until the seal is made.
// What can go wrong: the bytes cannot be fetched; then nothing is sealed.

import HTTPTransport
import Locking
import S3Client
import Transfer

extension CacheFile {
  /// Wait for the store, one file each.
  private static let fetching = ThreadPool(name: "pail.fetching", width: 4)

  private enum Step: Sendable {
    case sealed(Seal)
    case lacks(ByteRanges)
  }

  /// Fixes what is published, once everything is here that has to be sent.
  func seal() async throws(WriteBackFailure) -> Seal {
    while true {
      switch await ThreadPool.disk.run({ [self] in sealOrLack() }) {
      case .sealed(let seal): return seal
      case .lacks(let ranges): try await CacheFile.fetching.run { [self] in fetch(ranges) }.get()
      }
    }
  }

  /// Blocks while a change is half done.
  private func sealOrLack() -> Step {
    state.withLock { $0.isSealing = true }
    defer { state.withLockAndNotify { $0.isSealing = false } }
    let (step, abandoned) = state.waitForever { [context] state -> (Step, UploadSession?)? in
      guard !state.bytes.isChanging else { return nil }
      let way = state.way(context)
      let lacking = state.missing(for: way)
      guard lacking.isEmpty else { return (.lacks(lacking), nil) }
      return (.sealed(state.seal(way, at: context.client.stopwatch)), way.keepsSession ? nil : state.dropSession())
    }
    abandon(abandoned)
    return step
  }

  private func fetch(_ ranges: ByteRanges) -> Result<Void, WriteBackFailure> {
    do throws(WriteBackFailure) {
      for range in ranges.ranges { try fetch(range, isToPublish: true) }
      // Fetched once more after a crash they might be another version's: our own.
      noteWhole()
      return .success(())
    } catch {
      return .failure(error)
    }
  }
}

extension CacheFile.State {
  /// What must be under the name when the next version is made.
  var condition: WriteCondition {
    if isExclusive || mustBeAbsent { .isAbsent } else if let base { .matches(base) } else { found.condition }
  }

  /// Fixes what is published.
  ///
  /// - Parameter now: by the client's stopwatch.
  mutating func seal(_ way: Seal.Way, at now: Double) -> Seal {
    let seal = Seal(
      generation: generation, size: size, key: key, properties: properties, condition: condition,
      replacesAny: replacesAny, way: way,
      startedAt: now,
      earlierAttempts: attempts)
    self.seal = seal
    bytes.seal()
    writtenPrefix = 0
    return seal
  }
}

extension CacheFile.Found {
  /// For replacing it. Without a condition a request of a process that died could come late, and undo what the next one has made.
  fileprivate var condition: WriteCondition {
    switch self {
    case .nothing: .isAbsent
    case .version(let version): .matches(version)
    case .unknown: .always
    }
  }
}
