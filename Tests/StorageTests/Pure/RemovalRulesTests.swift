// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Storage

@Suite struct RemovalRulesTests {
  @Test(
    arguments: [
      ("", RemoveAllOptions.Match.folder), ("/", .folder), ("*", .folder), (" ", .folder), (" / ", .folder),
      ("\t*\n", .folder),
      ("", .prefix), ("/", .prefix), ("*", .prefix), ("  ", .prefix), ("album/photos", .folder), ("album", .folder),
    ] as [(String, RemoveAllOptions.Match)])
  func refused(path: String, match: RemoveAllOptions.Match) {
    let error = #expect(throws: StorageError.self) { try RemovalRules.check(path, match) }
    #expect(error?.name == "InvalidRemovePath")
  }

  @Test(
    arguments: [
      ("album/", RemoveAllOptions.Match.folder), ("album/photos/", .folder), ("album/photos", .prefix), ("a", .prefix),
      ("a*", .prefix), ("*/", .folder),
    ] as [(String, RemoveAllOptions.Match)])
  func allowed(path: String, match: RemoveAllOptions.Match) throws { try RemovalRules.check(path, match) }
}
