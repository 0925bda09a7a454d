// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("pail records list")
struct RecordListTests {
  @Test("Pages, their tokens, filters, and all of them")
  func pages() async throws {
    let program = try await RecordProgram()
    for number in 1...5 {
      try await program.must("create", "Song", "--id", "\(number)", "name=Song \(number)", "year=\(1970 + number)")
    }

    let first = try await program.json("list", "Song", "--limit", "2")
    #expect(Self.ids(first) == ["1", "2"])
    let token = try #require(first["nextToken"] as? String)
    let second = try await program.json("list", "Song", "--limit", "2", "--next-token", token)
    #expect(Self.ids(second) == ["3", "4"])
    let text = try await program.must("list", "Song", "--limit", "2")
    #expect(text.output.split(separator: "\n").count == 3)
    #expect(text.error.contains("--next-token \(token)"))
    #expect(text.error.split(separator: "\n").count == 1)

    let all = try await program.must("list", "Song", "--all", options: ["--json"])
    let pages = try RecordProgram.objects(all.output)
    #expect(pages.flatMap(Self.ids) == ["1", "2", "3", "4", "5"])
    #expect(pages.last?["nextToken"] == nil)

    // Pages without any match do not look like the end.
    let filtered = try await program.json("list", "Song", "--limit", "1", "--filter", "{\"year\": {\"gt\": 1973}}")
    #expect(Self.ids(filtered) == ["4"])
    let none = try await program.json("list", "Song", "--limit", "1", "--filter", "{\"year\": {\"gt\": 2000}}")
    #expect(Self.ids(none) == [] && none["nextToken"] == nil)
    #expect(try await program.json("list", "PhotoAlbum")["records"] as? [String] == [])
  }

  private static func ids(_ page: [String: Any]) -> [String] {
    (page["records"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
  }

  @Test("A table: whole elsewhere, as wide as the terminal on one, and control characters do nothing")
  func table() async throws {
    let program = try await RecordProgram()
    let long = String(repeating: "long ", count: 40)
    try await program.must("create", "Song", "--id", "1", "name=\u{1B}[31mred", "year=1971")
    try await program.must("create", "Song", "--id", "2", "name=\(long)end")
    let whole = try await program.must("list", "Song")
    let lines = whole.output.split(separator: "\n")
    #expect(lines[0].hasPrefix("id  coverArtPath  name "))
    #expect(lines[0].hasSuffix("updatedAt"))
    #expect(lines[1].contains("\\u{1b}[31mred"))
    #expect(lines[2].contains("\(long)end"))

    let terminal = TerminalSession(program: program.pail, environment: program.environment)
    let shown = try await terminal.run(["records", "list", "Song"] + program.options, [])
    #expect(shown.status == 0, "\(shown.output)")
    let rows = shown.output.split { $0 == "\n" || $0 == "\r\n" }
    #expect(rows.count == 3 && rows.allSatisfy { $0.count <= 80 }, "\(shown.output)")
    #expect(rows[2].contains("long…") || rows[2].contains("lon…") || rows[2].contains("long …"), "\(rows[2])")
    #expect(!shown.output.contains("\u{1B}[31m"))
  }
}
