// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

@testable import BucketFileSystem

@Suite("Names of conflict copies") struct ConflictNameTests {
  /// 2026-11-21 18:45:02 UTC.
  private static let time = Timestamp(seconds: 1_795_286_702, nanoseconds: 17_900_000)

  /// SEMANTICS: conflict
  @Test(
    arguments: [
      ("report.txt", "build-7.example.org", "report.txt.conflict-build-7-20261121T184502.017Z"),
      ("a b", "", "a b.conflict-localhost-20261121T184502.017Z"),
      ("x", "hö/st", "x.conflict-h___st-20261121T184502.017Z"),
    ] as [(String, String, String)])
  func names(name: String, host: String, expected: String) throws {
    let made = ConflictName.make(try #require(Name(name)), host: host, time: Self.time)
    #expect(made?.string == expected)
  }

  /// Cut where a character ends.
  @Test func longNames() throws {
    let name = try #require(Name(String(repeating: "ü", count: 127)))
    let host = String(repeating: "h", count: 200)
    let made = try #require(ConflictName.make(name, host: host, time: Self.time)).string
    #expect(made.utf8.count <= Name.maximumLength && made.utf8.count >= Name.maximumLength - 1)
    #expect(made.hasPrefix("üüü") && made.hasSuffix("hhh-20261121T184502.017Z"))
  }
}
