// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Shrinking") struct ShrinkerTests {
  /// What fails is a write of 50 bytes and more that comes before an unlink.
  @Test func leavesWhatMatters() {
    func fails(_ sequence: ModelSequence) -> Bool {
      let write = sequence.operations.firstIndex {
        if case .write(_, _, let length, _) = $0 { length >= 50 } else { false }
      }
      let unlink = sequence.operations.lastIndex { if case .unlink = $0 { true } else { false } }
      guard let write, let unlink else { return false }
      return write < unlink
    }
    var shrunk = 0
    for seed in UInt64(0)..<300 {
      let sequence = SequenceGenerator.sequence(seed: seed)
      guard fails(sequence) else { continue }
      shrunk += 1
      let small = SequenceShrinker.shrink(sequence, fails: fails)
      #expect(fails(small))
      #expect(small.operations.count == 2, "\(small)")
    }
    #expect(shrunk > 10)
  }
}
