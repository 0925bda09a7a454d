// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Sequences as text") struct TextTests {
  @Test func everySequenceIsReadAsItWasWritten() {
    for seed in UInt64(0)..<500 {
      let sequence = SequenceGenerator.sequence(seed: seed, isPartial: seed % 3 == 0)
      #expect(ModelSequence(sequence.description) == sequence)
    }
  }

  @Test func linesAndCommentsAreRead() {
    let sequence = ModelSequence("close # mode\ncreate 0 d/a rw excl\n\nreaddir /; crash offline # now\n")
    #expect(
      sequence
        == ModelSequence(
          mode: .close,
          operations: [
            .create(slot: 0, path: "d/a", mode: .both, isExclusive: true), .readdir(path: ""), .crash(isOffline: true),
          ]))
  }

  @Test(
    arguments: [
      "", "close partly; forget", "open 0 a r", "close; open", "close; open x a r", "close; write 0 1 -2 3",
      "close; fly 1",
    ]
      as [String])
  func anythingElseIsRefused(_ text: String) { #expect(ModelSequence(text) == nil) }
}
