// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("The checker finds what is wrong") struct CheckerTests {
  /// A store that forgets what it was told of one name: a lost write.
  @Test func aLostWriteIsFoundAndShrunk() async throws {
    try await BlockingWork.run {
      func fails(_ sequence: ModelSequence) -> Bool {
        SequenceRunner.run(sequence, on: ForgetfulStore()) != nil
      }
      let failing = (UInt64(1)..<200).lazy.map { SequenceGenerator.sequence(seed: $0) }.first(where: fails)
      let sequence = try #require(failing)
      let small = SequenceShrinker.shrink(sequence, limit: 600, fails: fails)
      #expect(fails(small))
      #expect(small.operations.count <= 4, "\(small)")
    }
  }
}
