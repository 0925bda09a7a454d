// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("The Amplify sandbox") struct AmplifySandboxTests {
  @Test("Its policies are those that Amplify's generator makes")
  func policies() async throws {
    let outcome = try await Shell.run(
      try PackageDirectory.virtualEnvironmentProgram("python3"), ["scripts/amplify_sandbox/test_access.py"],
      in: PackageDirectory.root, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    #expect(outcome.succeeded, "\(outcome.error)")
  }

  @Test(
    "Its store enforces them, role by role, path by path, action by action; expired credentials are refused as such")
  func enforcement() async throws {
    let outcome = try await Shell.run(
      PackageDirectory.root + "/scripts/amplify-sandbox", ["--selftest"], timeLimit: 300)
    #expect(outcome.succeeded, "\(outcome.output)\(outcome.error)")
  }

  @Test("It describes what there is, keeps its passwords to itself and leaves nothing behind")
  func description() async throws {
    var sandbox: AmplifySandbox? = try await .start()
    let directory: String
    do {
      let sandbox = try #require(sandbox)
      directory = URL(fileURLWithPath: sandbox.outputsPath).deletingLastPathComponent().path
      let outputs = try String(contentsOfFile: sandbox.outputsPath, encoding: .utf8)
      #expect(Set(sandbox.buckets.keys) == ["app", "media"])
      #expect(sandbox.buckets.values.allSatisfy { outputs.contains("\"\($0)\"") })
      for user in sandbox.users.values {
        let attributes = try FileManager.default.attributesOfItem(atPath: user.passwordFile)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let password = try String(contentsOfFile: user.passwordFile, encoding: .utf8)
        #expect(password.count == 21 && password.hasSuffix("\n"))
        #expect(!outputs.contains(password.dropLast()))
      }
      let alice = try #require(try sandbox.user("alice").identityID)
      let diary = try #require(try await sandbox.bucket("app").head("private/\(alice)/diary.txt"))
      #expect(diary.metadata == ["mood": "fine"])
      #expect(try sandbox.user("nora").identityID == nil)
      #expect(try sandbox.oneTimeCode().count == 6)
    }
    sandbox = nil
    #expect(!FileManager.default.fileExists(atPath: directory))
  }

  @Test("A file that is there is not overwritten")
  func existing() async throws {
    let directory = try TemporaryDirectory("sandbox")
    try Data("an app's".utf8).write(to: URL(fileURLWithPath: directory.path("amplify_outputs.json")))
    let outcome = try await Shell.run(PackageDirectory.root + "/scripts/amplify-sandbox", [directory.path])
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("amplify_outputs.json exists already"))
    #expect(try String(contentsOfFile: directory.path("amplify_outputs.json"), encoding: .utf8) == "an app's")
  }

  @Test("Of everything it made, nothing stays in a directory that is given")
  func end() async throws {
    let directory = try TemporaryDirectory("sandbox")
    let outcome = try await Shell.run(PackageDirectory.root + "/scripts/amplify-sandbox", [directory.path])
    #expect(outcome.succeeded)
    #expect(outcome.output.contains("pail mount --amplify"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }
}
