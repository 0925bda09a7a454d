// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct TemporaryDirectoryTests {
  @Test func isRemovedWithItsLastReference() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory("mine")
    let other = try TemporaryDirectory("mine")
    let path = try #require(directory?.path)
    #expect(path != other.path)
    try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/file"))
    directory = nil
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: other.path))
  }
}
