// SPDX-License-Identifier: Apache-2.0
//
// A mount behaves as a local disk does: the built `pail`, kernel mounts in both write-back modes, and programs that do the same on
// a local directory.
//
// For: "programs that know nothing of S3". The work is done by scripts/differential-test, which runs as long as one likes; here it
// runs for two minutes with a fixed seed. Where the two may differ is listed in scripts/differential_test/deviations.py.
// What can go wrong: the failure's text has the operation, what came before it and a file with which it can be done again.

import Foundation
import TestSupport
import Testing

@Suite("The mount beside a local disk", .serialized)
struct SemanticsTests {
  /// Beside the test bundle: SwiftPM builds every product into one directory.
  private static let pail: String = {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent("pail").path
  }()

  private func python(_ arguments: String..., timeLimit: Double) async throws -> Shell.Outcome {
    try await Shell.run(
      try PackageDirectory.virtualEnvironmentProgram("python3"), arguments, in: PackageDirectory.root,
      environment: ["PAIL": Self.pail, "PYTHONDONTWRITEBYTECODE": "1"], timeLimit: timeLimit)
  }

  @Test("The comparison finds what differs and lets pass what is allowed")
  func comparison() async throws {
    let outcome = try await python("scripts/differential_test/test_comparison.py", timeLimit: 60)
    #expect(outcome.succeeded, "\(outcome.error)")
  }

  @Test("Random operations of several processes have the same results on a mount and on a local disk")
  func random() async throws {
    let outcome = try await python(
      "scripts/differential_test", "--seconds", "120", "--seed", "20261130", timeLimit: 600)
    #expect(outcome.succeeded, "scripts/differential-test\n\(outcome.output)\(outcome.error)")
  }
}
