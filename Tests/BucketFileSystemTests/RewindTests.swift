// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("rewinddir(3), on a real server") struct RewindTests {
  @Test func showsWhatWasMadeSinceTheDirectoryWasOpened() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let handle = try fixture.files.opendir(.root, caller: fixture.caller)
      #expect(try names(handle, fixture) == [])
      let known = try fixture.files.mkdir(.root, fixture.name("known"), permissions: 0o755, caller: fixture.caller)
      #expect(known.attributes.kind == .directory)
      #expect(try names(handle, fixture) == ["known"])
      let forgotten = try fixture.files.mkdir(.root, fixture.name("other"), permissions: 0o755, caller: fixture.caller)
      fixture.files.forget(forgotten.attributes.inode, count: 1)
      #expect(try names(handle, fixture) == ["known", "other"])
      fixture.files.releasedir(.root, handle)
    }
  }

  /// From the beginning to the end.
  private func names(_ handle: HandleID, _ fixture: FileSystemFixture) throws -> [String] {
    var names: [String] = []
    try fixture.files.readdir(.root, handle, from: 0, plus: false) { entry in
      names.append(entry.name)
      return true
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }
}
