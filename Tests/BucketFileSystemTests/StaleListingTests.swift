// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

/// A listing is believed for a second; what was done here meanwhile is younger, also when the kernel has forgotten it.
@Suite("Listings that are older than a change, on a real server") struct StaleListingTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }

  init() throws { fixture = try FileSystemFixture() }

  private func list(_ directory: InodeID) throws {
    let handle = try files.opendir(directory, caller: fixture.caller)
    try files.readdir(directory, handle, from: 0, plus: true) { entry in
      if let found = entry.entry { files.forget(found.attributes.inode, count: 1) }
      return true
    }
    files.releasedir(directory, handle)
  }

  private func lookUp(_ name: String) throws -> Attributes {
    let entry = try files.lookup(.root, fixture.name(name), caller: fixture.caller)
    files.forget(entry.attributes.inode, count: 1)
    return entry.attributes
  }

  private func make(_ name: String, _ text: String) throws {
    let file = try fixture.create(.root, name)
    try fixture.write(text, file)
    try fixture.close(file)
    files.forget(file.0, count: 1)
  }

  /// SEMANTICS: metadata-ttl
  @Test func whatWasMadeSinceIsThere() async throws {
    try await BlockingWork.run { [self] in
      try list(.root)
      let nodes = files.tree.count
      try make("file", "bytes")
      let made = try files.mkdir(.root, fixture.name("directory"), permissions: 0o755, caller: fixture.caller)
      files.forget(made.attributes.inode, count: 1)
      let link = try files.symlink("nowhere", at: .root, fixture.name("link"), caller: fixture.caller)
      files.forget(link.attributes.inode, count: 1)
      // The directory is kept for its times. Else it is answered from here, and this test shows nothing.
      #expect(files.tree.count == nodes + 1)
      #expect(try lookUp("file").size == 5)
      #expect(try lookUp("directory").kind == .directory)
      #expect(try lookUp("link").kind == .symbolicLink)
    }
  }

  /// SEMANTICS: metadata-ttl
  @Test func whatWasRenamedSinceHasItsNewName() async throws {
    try await BlockingWork.run { [self] in
      let made = try files.mkdir(.root, fixture.name("old"), permissions: 0o755, caller: fixture.caller)
      files.forget(made.attributes.inode, count: 1)
      try make("a", "bytes")
      try list(.root)
      for (old, new) in [("old", "new"), ("a", "b")] {
        try files.rename(.root, fixture.name(old), to: .root, fixture.name(new), flags: [], caller: fixture.caller)
        #expect(try lookUp(new).inode != .root)
        #expect(throws: Errno.ENOENT) { try lookUp(old) }
      }
    }
  }

  /// SEMANTICS: metadata-ttl
  @Test func whatWasChangedSinceIsAsItIs() async throws {
    try await BlockingWork.run { [self] in
      try make("file", "bytes")
      try list(.root)
      let inode = try files.lookup(.root, fixture.name("file"), caller: fixture.caller).attributes.inode
      try list(.root)
      let opened = try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY | O_TRUNC), caller: fixture.caller)
      try fixture.write("more bytes", (inode, opened.handle))
      try fixture.close((inode, opened.handle))
      files.forget(inode, count: 1)
      #expect(throws: Errno.ESTALE) { try files.tree.node(inode) }
      #expect(try lookUp("file").size == 10)
    }
  }

  @Test func tooManyChangesCostTheListing() throws {
    let state = DirectoryState()
    state.listing = DirectoryListing(prefix: "", client: fixture.files.client)
    for number in 0..<10_000 { state.noteChanged(try fixture.name("\(number)")) }
    #expect(state.listing != nil)
    state.noteChanged(try fixture.name("one more"))
    #expect(state.listing == nil)
  }
}
