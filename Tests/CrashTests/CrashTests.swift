// SPDX-License-Identifier: Apache-2.0
//
// Crashes of the whole program: the built `pail`, a kernel mount, a real server, and programs that write meanwhile.
//
// For: "never lose a byte" as a user means it. The work is done by scripts/crash-test, which runs as long as one likes; here it runs
// with a fixed seed and few points. What it checks, and what an operation that was under way may have done, is written in
// scripts/crash_test/verdict.py, whose own tests run here, too.
// What can go wrong: the failure's text has the seed and the settings of the point, with which it can be run again, and names the
// directory with the logs and the cache.

import Foundation
import TestSupport
import Testing

@Suite("Crashes", .serialized)
struct CrashTests {
  /// Beside the test bundle: SwiftPM builds every product into one directory.
  private static let pail: String = {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: program).deletingLastPathComponent().appendingPathComponent("pail").path
  }()

  private func python(_ arguments: [String], timeLimit: Double) async throws -> Shell.Outcome {
    try await Shell.run(
      try PackageDirectory.virtualEnvironmentProgram("python3"), arguments, in: PackageDirectory.root,
      environment: ["PAIL": Self.pail, "PYTHONDONTWRITEBYTECODE": "1"], timeLimit: timeLimit)
  }

  private func crash(_ arguments: String..., timeLimit: Double = 540) async throws {
    let outcome = try await python(["scripts/crash_test"] + arguments, timeLimit: timeLimit)
    #expect(
      outcome.succeeded, "scripts/crash-test \(arguments.joined(separator: " "))\n\(outcome.output)\(outcome.error)")
  }

  @Test("The checker finds what is wrong and lets pass what is allowed")
  func checker() async throws {
    let outcome = try await python(["scripts/crash_test/test_verdict.py"], timeLimit: 60)
    #expect(outcome.succeeded, "\(outcome.error)")
  }

  /// SEMANTICS: next-mount
  @Test(
    "Nothing acknowledged is lost at random moments",
    arguments: [("seaweedfs", 16), ("ministack", 4)] as [(String, Int)])
  func random(store: String, points: Int) async throws {
    try await crash("--points", "\(points)", "--seed", "20261121", "--store", store)
  }

  /// SEMANTICS: next-mount
  @Test("Nothing acknowledged is lost at steps that change the index")
  func steps() async throws {
    try await crash("--steps", "--every", "16", "--seed", "20261121")
  }
}
