// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Programs that know nothing of FUSE, on a file system in memory.
@Suite(.timeLimit(.minutes(2)))
struct ProgramTests {
  @Test func writesAndReadsAFile() async throws {
    let files = MemoryFileSystem()
    try await TestMount.with(files) { mount in
      let written = try await Shell.script("echo hello > note; cat note; stat -c '%s %a %F' note", in: mount.path)
      #expect(written.error == "")
      #expect(written.output == "hello\n6 644 regular file\n")
    }
    #expect(files.references.handles == 0)
  }
}
