// SPDX-License-Identifier: Apache-2.0

import S3Client
import TestSupport
import Testing

/// The store in memory answers as real stores do.
@Suite struct AgreementTests {
  @Test(arguments: StoreKind.allCases, AgreementScript.allCases)
  func endsAlike(_ kind: StoreKind, _ script: AgreementScript) async throws {
    let memory = AgreementRecorder(try MemoryStore().client)
    await script.run(memory)
    let real = AgreementRecorder(try await ServerFixture(kind).client)
    await script.run(real)

    #expect(memory.lines.map(\.step) == real.lines.map(\.step))
    var differences: [String: String] = [:]
    for (ours, theirs) in zip(memory.lines, real.lines) where ours.outcome != theirs.outcome {
      differences[ours.step] = theirs.outcome
      let known = AgreementDifferences.of(kind, script)[ours.step]
      #expect(known == theirs.outcome, "\(ours.step): in memory \(ours.outcome), \(kind) \(theirs.outcome)")
    }
    // What no longer differs is to be removed from the table.
    let gone = AgreementDifferences.of(kind, script).keys.filter { differences[$0] == nil }
    #expect(gone == [])
  }
}
