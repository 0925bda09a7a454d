// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Transfer

@Suite("Partial names") struct PartialNameTests {
  @Test(
    arguments: [
      ("f", "f.part"), ("/a/b", "/a/b.part"), ("a/ü", "a/ü.part"),
      ("/d/" + String(repeating: "x", count: 250), "/d/" + String(repeating: "x", count: 250) + ".part"),
    ] as [(String, String)])
  func areTheNameAndMore(path: String, partial: String) {
    #expect(PartialName.path(for: path, suffix: ".part") == partial)
  }

  @Test(arguments: ["x", "é", "👩‍👩‍👧"])
  func fitWhenTheNameIsLong(character: Character) {
    let name = String(repeating: character, count: 251)
    let names = ["1", "2"].map { PartialName.path(for: "/d/" + name + $0, suffix: ".part") }
    #expect(names[0] != names[1])
    for name in names {
      #expect(name.hasPrefix("/d/\(character)") && name.hasSuffix(".part"))
      #expect(name.utf8.count - 3 <= 255)
    }
  }

  @Test(arguments: [("/a/b", "/a"), ("/a", "/"), ("a", "."), ("a/b/c", "a/b")] as [(String, String)])
  func directories(path: String, directory: String) { #expect(PartialName.directory(of: path) == directory) }

  @Test func umask() {
    #expect(ProcessUmask.parse("Name:\tx\nUmask:\t0027\nState:\tR\n") == 0o027)
    #expect(ProcessUmask.parse("Name:\tx\n") == nil)
    #expect(ProcessUmask.parse("Umask:\t9\n") == nil)
  }
}
