// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
import Glibc
import S3Client
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

/// The store here grants everything: what is refused is refused by the rules, and no request is made for it.
@Suite("Access rules, on a real server") struct AccessTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }

  init() throws { fixture = try FileSystemFixture(access: NameStandingTests.alice) }

  private func directory(_ path: String) throws -> InodeID {
    try path.split(separator: "/").reduce(.root) { parent, name in
      try files.lookup(parent, fixture.name(String(name)), caller: fixture.caller).attributes.inode
    }
  }

  private func names(_ path: String) throws -> [String] { try names(directory(path)) }

  private func names(_ directory: InodeID) throws -> [String] {
    let handle = try files.opendir(directory, caller: fixture.caller)
    defer { files.releasedir(directory, handle) }
    var names: [String] = []
    try files.readdir(directory, handle, from: 0, plus: true) { entry in
      if let found = entry.entry { files.forget(found.attributes.inode, count: 1) }
      names.append(entry.name)
      return true
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  private func requests() -> Int { fixture.client.requestCounts.values.reduce(0, +) }

  private func expectRefusal(_ what: Comment, _ body: () throws -> Void) {
    let before = requests()
    #expect(throws: Errno.EACCES, what) { try body() }
    #expect(requests() == before, what)
  }

  private func make(_ parent: InodeID, _ name: String, _ text: String) throws {
    let file = try fixture.create(parent, name)
    try fixture.write(text, file)
    try fixture.close(file)
  }

  @Test("What is above the paths is shown without asking the bucket, and only what leads to something")
  func above() async throws {
    try await BlockingWork.run { [self] in
      #expect(try names(InodeID.root) == ["inbox", "known", "private", "public"])
      #expect(try names("private") == ["eu:alice"])
      #expect(requests() == 0)
      #expect(throws: Errno.ENOENT) { try directory("README") }
      expectRefusal("others' path") { _ = try directory("staff") }
      expectRefusal("others' folder") { _ = try directory("private/eu:bob") }
      expectRefusal("a new path") { try make(.root, "new", "") }
      expectRefusal("a new directory") {
        _ = try files.mkdir(.root, fixture.name("new"), permissions: 0o755, caller: fixture.caller)
      }
      expectRefusal("the path itself") {
        try files.rmdir(.root, fixture.name("public"), caller: fixture.caller)
      }
      expectRefusal("another name for the path") {
        try files.rename(
          .root, fixture.name("inbox"), to: directory("public"), fixture.name("in"), flags: [], caller: fixture.caller)
      }
    }
  }

  @Test("A file's life where everything is granted")
  func granted() async throws {
    try await BlockingWork.run { [self] in
      let folder = try directory("public")
      try make(folder, "file", "bytes")
      #expect(try names(folder) == ["drafts", "file"])
      try files.rename(
        folder, fixture.name("file"), to: folder, fixture.name("other"), flags: [], caller: fixture.caller)
      try files.unlink(folder, fixture.name("other"), caller: fixture.caller)
      #expect(try names(folder) == ["drafts"])
    }
  }

  @Test("A path below another has its own rules alone")
  func child() async throws {
    try await BlockingWork.run { [self] in
      try fixture.other.put(fixture.bucket, "public/drafts/a", "bytes")
      let drafts = try directory("public/drafts")
      #expect(try names(drafts) == ["a"])
      expectRefusal("a new file") { try make(drafts, "b", "") }
      let inode = try directory("public/drafts/a")
      #expect(try files.getattr(inode, handle: nil).attributes.permissions == 0o444)
      expectRefusal("opening to write") {
        _ = try files.open(inode, flags: OpenFlags(rawValue: O_RDWR), caller: fixture.caller)
      }
      expectRefusal("removing") { try files.unlink(drafts, fixture.name("a"), caller: fixture.caller) }
      expectRefusal("changing the mode") {
        var changes = AttributeChanges()
        changes.permissions = 0o600
        _ = try files.setattr(inode, handle: nil, changes: changes, caller: fixture.caller)
      }
      expectRefusal("an attribute") { try files.setxattr(inode, "user.a", value: [1], mode: .set) }
      expectRefusal("renaming the parent of a closed path") {
        try files.rename(
          try directory("public"), fixture.name("drafts"), to: try directory("inbox"), fixture.name("d"), flags: [],
          caller: fixture.caller)
      }
    }
  }

  @Test("A drop box takes files, and shows what was put in here")
  func dropBox() async throws {
    try await BlockingWork.run { [self] in
      let inbox = try directory("inbox")
      try make(inbox, "letter", "bytes")
      #expect(try directory("inbox/letter") != .root)
      expectRefusal("listing") { _ = try files.opendir(inbox, caller: fixture.caller) }
      let inode = try directory("inbox/letter")
      expectRefusal("reading") {
        _ = try files.open(inode, flags: OpenFlags(rawValue: O_RDONLY), caller: fixture.caller)
      }
      expectRefusal("removing") { try files.unlink(inbox, fixture.name("letter"), caller: fixture.caller) }
      let before = requests()
      #expect(throws: Errno.ENOENT) { try directory("inbox/other") }
      #expect(requests() == before)
    }
  }
}
