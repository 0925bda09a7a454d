// SPDX-License-Identifier: Apache-2.0

import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Directories in the index") struct DirectoryRowsTests {
  private let directory: TemporaryDirectory
  private let index: CacheIndex

  init() throws {
    directory = try TemporaryDirectory("directories")
    try CacheIndexBuilder.build(path: directory.path("index.sqlite"), files: [], quarantine: [:])
    index = try CacheIndex(path: directory.path("index.sqlite"))
  }

  private func note(_ key: String, _ mode: String) throws {
    try index.save(ObjectProperties(metadata: ["mode": mode]), ofDirectory: ObjectKey(key))
  }

  private func mode(_ key: String) throws -> String? {
    try index.properties(ofDirectory: ObjectKey(key))?.metadata["mode"]
  }

  /// SEMANTICS: directory-attributes
  @Test func whatWasNotedLastCounts() throws {
    #expect(try !index.hasDirectories && mode("a/") == nil)
    try note("a/", "1")
    try note("a/", "2")
    #expect(try index.hasDirectories && mode("a/") == "2" && mode("a") == nil)
    try index.removeDirectory(ObjectKey("a/"))
    #expect(try !index.hasDirectories)
  }

  /// Bytes decide what is below, not letters: `%` and `_` mean nothing.
  /// SEMANTICS: directory-attributes
  @Test func aDirectoryMovesWithAllBelowIt() throws {
    for key in ["a_/", "a_/b/", "ab/", "a_c/", "z/", "z/y/", "z/y/stale/"] { try note(key, key) }
    try index.moveDirectories(from: ObjectKey("a_/"), to: ObjectKey("z/y/"))
    #expect(try mode("a_/") == nil && mode("a_/b/") == nil)
    #expect(try mode("z/y/") == "a_/" && mode("z/y/b/") == "a_/b/" && mode("z/y/stale/") == nil)
    #expect(try mode("ab/") == "ab/" && mode("a_c/") == "a_c/" && mode("z/") == "z/")
  }
}
