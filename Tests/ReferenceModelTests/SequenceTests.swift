// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("Random sequences agree with the model") struct SequenceTests {
  @Test func onTheStoreInMemory() async throws {
    let first = ModelRun.number("PAIL_MODEL_SEED") ?? 1
    let count = ModelRun.number("PAIL_MODEL_SEQUENCES") ?? 8_000
    let failures = try await ModelRun.run(first..<(first + count), threads: 6) { MemoryModelStore() }
    for failure in failures { Issue.record("\(failure)") }
  }

  /// Larger files, of which only a part comes to the cache.
  @Test func ofFilesInPart() async throws {
    let first = ModelRun.number("PAIL_MODEL_SEED") ?? 1
    let count = ModelRun.number("PAIL_MODEL_PARTIAL_SEQUENCES") ?? 2_000
    let failures = try await ModelRun.run(first..<(first + count), isPartial: true, threads: 6) { MemoryModelStore() }
    for failure in failures { Issue.record("\(failure)") }
  }

  /// With parts of the size that S3 wants.
  @Test func ofLargeFiles() async throws {
    let first = ModelRun.number("PAIL_MODEL_SEED") ?? 1
    let count = ModelRun.number("PAIL_MODEL_LARGE_SEQUENCES") ?? 200
    let failures = try await ModelRun.run(first..<(first + count), isLarge: true, threads: 2) {
      MemoryModelStore(partSize: 5 << 20)
    }
    for failure in failures { Issue.record("\(failure)") }
  }

  @Test func onARealServer() async throws {
    let first = ModelRun.number("PAIL_MODEL_SEED") ?? 1
    let count = ModelRun.number("PAIL_MODEL_SERVER_SEQUENCES") ?? 24
    let failures = try await ModelRun.run(first..<(first + count), threads: 4) {
      try ServerModelStore(SeaweedFS.shared())
    }
    for failure in failures { Issue.record("\(failure)") }
  }

  @Test(.enabled(if: ModelRun.hasReplay, "PAIL_MODEL_REPLAY names a sequence")) func aReplay() async throws {
    let sequence = try ModelRun.replay()
    let difference = try await BlockingWork.run {
      ModelRun.difference(sequence, times: ModelRun.times) { MemoryModelStore() }
    }
    #expect(difference == nil, "\(difference ?? "")")
  }
}
