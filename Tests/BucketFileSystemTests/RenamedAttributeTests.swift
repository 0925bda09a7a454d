// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("What has a new name, on a real server") struct RenamedAttributeTests {
  /// Attributes are remembered by name, ETag and a time in seconds, which two files with the same bytes may share.
  @Test func hasItsOwnAttributesAndNotThoseOfWhatItReplaced() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let replaced = try fixture.create(.root, "name")
      try fixture.close(replaced)
      var changes = AttributeChanges()
      changes.permissions = 0o600
      _ = try fixture.files.setattr(replaced.0, handle: nil, changes: changes, caller: fixture.caller)
      fixture.files.attributeWriter.drain(timeout: 10)
      let file = try fixture.create(.root, "other")
      try fixture.close(file)
      try fixture.files.rename(
        .root, fixture.name("other"), to: .root, fixture.name("name"), flags: [], caller: fixture.caller)
      fixture.files.forget(file.0, count: 1)
      try expect(0o644, "name", fixture)
    }
  }

  private func expect(_ permissions: UInt32, _ name: String, _ fixture: FileSystemFixture) throws {
    // As ls -l does: a listing, and then its names.
    let handle = try fixture.files.opendir(.root, caller: fixture.caller)
    try fixture.files.readdir(.root, handle, from: 0, plus: false) { _ in true }
    fixture.files.releasedir(.root, handle)
    let entry = try fixture.files.lookup(.root, fixture.name(name), caller: fixture.caller)
    #expect(entry.attributes.permissions == permissions)
  }

  /// The kernel may forget it in the next moment, and the listing of the parent is older.
  @Test func isFoundThoughTheKernelForgotIt() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let made = try fixture.files.mkdir(.root, fixture.name("old"), permissions: 0o755, caller: fixture.caller)
      let root = try #require(fixture.files.tree.node(.root).directory)
      root.withMisses { misses in
        for _ in 0..<8 { misses.noteMiss(at: MonotonicTime.now, period: 1) }
      }
      #expect(throws: Errno.ENOENT) {
        try fixture.files.lookup(.root, fixture.name("new"), caller: fixture.caller)
      }
      #expect(root.listing?.isComplete == true)
      try fixture.files.rename(
        .root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: fixture.caller)
      fixture.files.forget(made.attributes.inode, count: 1)
      #expect(throws: Never.self) {
        try fixture.files.lookup(.root, fixture.name("new"), caller: fixture.caller)
      }
    }
  }
}
