// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

/// What a crash between any two steps leaves: at worst a file that nobody names, and after `repair` not even that.
@Suite struct WorkflowCrashTests {
  @Test(
    "after a crash behind any step nothing dangles, and repair leaves no orphan", arguments: RecordStoreKind.ofOneTest,
    Scenario.allCases)
  func everyStep(_ kind: RecordStoreKind, _ scenario: Scenario) async throws {
    let fixture = try await RecordsFixture(kind)
    let observer = try fixture.records()
    var step = 1
    while true {
      let id = try await scenario.prepare(observer)
      let hasCrashed = try await CrashPoint(after: step).run(fixture) { try await scenario.run($0, id) }
      let found = try await observer.check(CheckOptions(grace: -60))
      #expect(found.danglingCount == 0 && found.sharedCount == 0, "step \(step): \(found.dangling)")
      let files = try await fixture.keys()
      let repaired = try await observer.repair()
      #expect(repaired.failed.isEmpty)
      let after = try await observer.check(CheckOptions(grace: -60))
      #expect(after.danglingCount == 0)
      if scenario.keepsFiles {
        // What was to be kept is kept, whatever happened.
        #expect(try await fixture.keys().isSuperset(of: files.filter { $0.hasSuffix("-a.png") }))
      } else {
        #expect(after.orphanCount == 0 && after.unknownCount == 0, "step \(step): \(after.orphans)")
      }
      #expect(try await observer.repair() == RepairReport())
      guard hasCrashed else { break }
      step += 1
    }
    // Noted, uploaded or planned, associated or deleted, removed: each workflow has some steps.
    #expect(step > 2)
    await observer.close()
  }

  @Test(
    "200 random workflows that crash anywhere, with repairs in between", arguments: RecordStoreKind.ofOneTest,
    UInt64(1)...4)
  func random(_ kind: RecordStoreKind, _ seed: UInt64) async throws {
    let fixture = try await RecordsFixture(kind)
    let observer = try fixture.records()
    var random = SplitMix(state: seed)
    let scenarios = Scenario.allCases.filter { !$0.keepsFiles }
    var crashes = 0
    for round in 0..<50 {
      guard let scenario = scenarios.randomElement(using: &random) else { continue }
      let id = try await scenario.prepare(observer)
      let step = Int.random(in: 1...6, using: &random)
      if try await CrashPoint(after: step).run(fixture, { try await scenario.run($0, id) }) { crashes += 1 }
      guard round % 10 == 9 else { continue }
      #expect(try await observer.check(CheckOptions(grace: -60)).danglingCount == 0)
      if round % 20 == 19 || round == 49 {
        #expect(try await observer.repair().failed.isEmpty)
        let after = try await observer.check(CheckOptions(grace: -60))
        #expect(after.danglingCount == 0 && after.orphanCount == 0 && after.unknownCount == 0)
      }
    }
    #expect(crashes > 25)
    await observer.close()
  }
}
