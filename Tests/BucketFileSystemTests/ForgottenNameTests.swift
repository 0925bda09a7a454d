// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Names that the kernel has forgotten, on a real server") struct ForgottenNameTests {
  /// The kernel forgets what it likes when memory is short, also what a program has made a moment ago.
  @Test("A file that is younger than the listing of its directory is found though its node is gone")
  func youngerThanTheListing() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let directory = try fixture.files.opendir(.root, caller: fixture.caller)
      try fixture.files.readdir(.root, directory, from: 0, plus: false) { _ in true }
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      try fixture.close(file)
      fixture.files.forget(file.0, count: 1)
      #expect(fixture.files.tree.child(.root, try fixture.name("name")) == nil)
      let name = try fixture.name("name")
      let entry = try fixture.files.lookup(.root, name, caller: fixture.caller)
      #expect(entry.attributes.size == 4)
      fixture.files.releasedir(.root, directory)
    }
  }

  @Test("What was removed since is absent without asking")
  func removedSince() throws {
    let state = DirectoryState()
    let name = try #require(Name("name"))
    let fixture = try FileSystemFixture()
    let listing = DirectoryListing(prefix: "", client: fixture.files.client)
    state.listing = listing
    state.noteForgotten(name, confirmedAt: listing.startedAt - 1)
    #expect(!state.isLater(name))
    state.noteForgotten(name, confirmedAt: listing.startedAt + 1)
    #expect(state.isLater(name))
    state.noteAbsent(name, at: listing.startedAt + 2)
    #expect(!state.isLater(name))
    state.noteForgotten(name, confirmedAt: listing.startedAt)
    state.listing = DirectoryListing(prefix: "", client: fixture.files.client)
    #expect(!state.isLater(name))
  }
}
