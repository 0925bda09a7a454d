// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem
@testable import WriteBackCache

@Suite("Changed attributes reach the bucket, on a real server") struct ChangedAttributeTests {
  private func setMode(_ fixture: FileSystemFixture, _ inode: InodeID) throws {
    var changes = AttributeChanges()
    changes.permissions = 0o600
    _ = try fixture.files.setattr(inode, handle: nil, changes: changes, caller: fixture.caller)
  }

  private func mode(_ fixture: FileSystemFixture) throws -> String? {
    try #require(try fixture.other.head(fixture.bucket, "name")).metadata["mode"]
  }

  /// The store is to be told while an upload is under way that was sealed before the change.
  /// SEMANTICS: attributes-travel
  @Test func whatAnUploadDoesNotCarryComesBehindIt() async throws {
    let fixture = try FileSystemFixture(mode: .delayed(delay: 0.01))
    let inode = try await BlockingWork.run {
      fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      try fixture.close(file)
      #expect(fixture.gate.waitUntilHeld(1))
      try setMode(fixture, file.0)
      return file.0
    }
    let node = try fixture.files.tree.node(inode)
    let file = try #require(node.state.withLock { $0.file })
    let telling = BlockingWork.startJoinable { fixture.files.writeAttributes(node) }
    try await eventually("the copy waits for the upload") { telling.isDone || file.state.withLock { $0.holds > 0 } }
    fixture.gate.open()
    let isTold = try await telling.value()
    #expect(isTold)
    try await BlockingWork.run {
      #expect(fixture.files.drain(timeout: 30).isEmpty)
      let stored = try mode(fixture)
      #expect(stored == String(0o100600))
    }
  }

  /// SEMANTICS: attributes-travel
  @Test func whatTheStoreWasNotToldIsNamed() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      try fixture.close(file)
      #expect(fixture.files.untoldAttributes.isEmpty)
      fixture.gate.set { $0.kind == "PUT" ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      try setMode(fixture, file.0)
      #expect(fixture.files.drain(timeout: 0.1).isEmpty)
      #expect(fixture.files.untoldAttributes == ["name"])
      fixture.gate.open()
      #expect(fixture.files.drain(timeout: 30).isEmpty)
      #expect(fixture.files.untoldAttributes.isEmpty)
      #expect(try mode(fixture) == String(0o100600))
    }
  }
}
