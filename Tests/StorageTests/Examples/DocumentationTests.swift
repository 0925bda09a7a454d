// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// docs/STORAGE-API.md says nothing that is not so.
@Suite struct DocumentationTests {
  private let page: String

  init() throws {
    page = try String(contentsOfFile: PackageDirectory.root + "/docs/STORAGE-API.md", encoding: .utf8)
  }

  private func lines(_ text: some StringProtocol) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// The Swift files below a folder of the tests.
  private func sources(_ folder: String) throws -> [String] {
    let root = PackageDirectory.root + "/Tests/" + folder
    let paths = try #require(FileManager.default.enumerator(atPath: root)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(".swift") }.map {
      try String(contentsOfFile: root + "/" + $0, encoding: .utf8)
    }
  }

  @Test func everyExampleCompiles() throws {
    let code = try sources("StorageTests/Examples").map { "\n" + lines($0).joined(separator: "\n") + "\n" }
    let blocks = page.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count > 10)
    for block in blocks {
      let wanted = "\n" + lines(block).joined(separator: "\n") + "\n"
      #expect(code.contains { $0.contains(wanted) }, "not in Tests/StorageTests/Examples:\n\(block)")
    }
  }

  /// The last column of each table row is the test: `Suite/name`.
  @Test func everyRowHasItsTest() throws {
    let code = try sources("StorageTests")
    let pattern = /`(\w+Tests)\/(\w+)`/
    let named = page.matches(of: pattern).map { (String($0.1), String($0.2)) }
    #expect(named.count > 60)
    for (suite, test) in named {
      #expect(
        code.contains { $0.contains("struct \(suite) ") && $0.contains("func \(test)(") },
        "there is no \(suite)/\(test)")
    }
    for row in page.split(separator: "\n") where row.hasPrefix("| `") {
      #expect(row.contains(pattern), "a row without a test: \(row)")
    }
  }
}
