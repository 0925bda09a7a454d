// SPDX-License-Identifier: Apache-2.0

import Foundation
import Records
import TestSupport
import Testing

/// docs/RECORDS.md says nothing that is not so.
@Suite("docs/RECORDS.md")
struct RecordGuideTests {
  private let page: String

  init() throws {
    page = try String(contentsOfFile: PackageDirectory.root + "/docs/RECORDS.md", encoding: .utf8)
  }

  private func lines(_ text: some StringProtocol) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private func blocks(_ language: String) -> [String] {
    page.components(separatedBy: "```\(language)\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
  }

  @Test("Every example in Swift compiles")
  func examples() throws {
    let source = try String(
      contentsOfFile: PackageDirectory.root + "/Tests/RecordCommandTests/Documentation/RecordExamples.swift",
      encoding: .utf8)
    let code = "\n" + lines(source).joined(separator: "\n") + "\n"
    let blocks = blocks("swift")
    #expect(blocks.count > 5)
    for block in blocks {
      let wanted = "\n" + lines(block).joined(separator: "\n") + "\n"
      #expect(code.contains(wanted), "not in RecordExamples.swift:\n\(block)")
    }
  }

  @Test("Its schema is one")
  func schema() throws {
    let directory = try TemporaryDirectory("guide")
    let text = try #require(blocks("json").first)
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path("schema.json")))
    let schema = try RecordSchema(path: directory.path("schema.json"))
    #expect(try schema.model("Song").attachments.map(\.name) == ["coverArtPath"])
  }

  @Test("Every error is in its table, with no other")
  func errors() {
    let named = Set(page.matches(of: #/\n\| `([A-Z][A-Za-z]+)` \|/#).map { String($0.1) })
    #expect(named == Set(RecordErrorCode.allCases.map(\.rawValue)))
  }

  @Test("Every command and option of the program is there")
  func commands() async throws {
    let help = try await Shell.run(PailProgram.path, ["help", "records"])
    let names = help.output.matches(of: #/\n  ([a-z]+)  /#).map { String($0.1) }
    #expect(names.count == 12, "\(help.output)")
    for name in names {
      #expect(page.contains("`pail records \(name)"), "\(name)")
      let text = try await Shell.run(PailProgram.path, ["help", "records", name])
      for option in Set(text.output.matches(of: #/--[a-z][a-z-]+/#).map { String($0.0) })
      where !["--help", "--version"].contains(option) {
        #expect(page.contains(option), "\(name) \(option)")
      }
    }
  }
}
