// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

/// What a rename of a directory costs, with files in it that are open, dirty, or both.
@Suite("A large directory is renamed, on a real server") struct LargeDirectoryRenameTests {
  private static let count = 1_050

  /// SEMANTICS: rename-directory
  @Test func requestsAreBounded() async throws {
    let fixture = try FileSystemFixture(mode: .delayed(delay: 3_600))
    let (files, caller) = (fixture.files, fixture.caller)
    try await BlockingWork.run {
      try fixture.other.putMany(fixture.bucket, prefix: "old/f", count: Self.count)
      let old = try files.lookup(.root, fixture.name("old"), caller: caller).attributes.inode
      func open(_ name: String, _ flags: Int32) throws -> (InodeID, HandleID) {
        let inode = try files.lookup(old, fixture.name(name), caller: caller).attributes.inode
        return (inode, try files.open(inode, flags: OpenFlags(rawValue: flags), caller: caller).handle)
      }
      let (reader, writer, dirty) = (
        try open("f000000", O_RDONLY), try open("f000001", O_WRONLY | O_TRUNC), try open("f000002", O_WRONLY)
      )
      try fixture.write("open and dirty", writer)
      try fixture.write("dirty", dirty)
      try fixture.close(dirty)
      let new = try fixture.create(old, "only here")
      try fixture.write("new", new)

      fixture.gate.set { _ in .none }
      try files.rename(.root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: caller)
      // The new name, two pages, and once more before they are deleted, since this store may ignore what their versions are.
      #expect(fixture.gate.count("GET list") <= 2 * 2 + 2)
      // A copy for each, and the marker, which this store cannot copy: it is looked at, and written.
      #expect(fixture.gate.count("PUT") <= Self.count + 2)
      #expect(fixture.gate.count("POST") == 2)
      #expect(fixture.gate.count("HEAD") <= 1 && fixture.gate.count("DELETE") == 0)

      for file in [writer, new] { try fixture.close(file) }
      // Under the new name, since nothing is under the old one.
      var scratch = [UInt8](repeating: 0, count: 16)
      _ = try scratch.withUnsafeMutableBytes { try files.read(reader.0, reader.1, at: 0, length: 1, scratch: $0) }
      files.release(reader.0, reader.1)
      #expect(files.drain(timeout: 60).isEmpty)
      let keys = try fixture.other.list(fixture.bucket).map(\.key).filter { !$0.hasSuffix("/") }
      #expect(keys.count == Self.count + 1 && keys.allSatisfy { $0.hasPrefix("new/") })
      for (name, text) in [("f000001", "open and dirty"), ("f000002", "dirty"), ("only here", "new")] {
        #expect(try fixture.other.get(fixture.bucket, "new/" + name) == Array(text.utf8))
      }
    }
  }
}
