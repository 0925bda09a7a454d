// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Transfer

@Suite("Media types") struct MediaTypesTests {
  @Test(arguments: [
    ("a.jpg", "image/jpeg"), ("A.JPG", "image/jpeg"), ("x.tar.gz", "application/gzip"), ("page.html", "text/html"),
    ("a.b.json", "application/json"),
  ])
  func knownWithoutTheList(name: String, type: String) { #expect(MediaTypes(text: nil).type(of: name) == type) }

  @Test(arguments: ["plain", ".hidden", "x.", "x.unheard-of", ""])
  func unknown(name: String) { #expect(MediaTypes(text: nil).type(of: name) == nil) }

  /// SEMANTICS: xattr-mime-type
  @Test func theListOfTheMachineCounts() {
    let types = MediaTypes(text: "# comment\nimage/x-new  nw  NW2 # more\n\nbroken\nalso broken\ntext/plain jpg\n")
    #expect(types.type(of: "a.nw") == "image/x-new")
    #expect(types.type(of: "a.nw2") == "image/x-new")
    #expect(types.type(of: "a.jpg") == "text/plain")
    #expect(types.type(of: "a.broken") == nil)
  }
}
