// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

import Mount

@Suite("Who keeps a mount busy")
struct MountUsersTests {
  @Test("a process with an open file, by its number and name")
  func openFile() throws {
    let directory = try TemporaryDirectory("busy")
    let path = directory.path("file")
    let file = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    defer { close(file) }
    let user = try #require(MountUsers.find(at: directory.path).first { $0.pid == getpid() })
    #expect(user.path == path)
    #expect(user.use == "open")
    #expect(user.description.hasPrefix("\(getpid()) ") && user.description.hasSuffix(" has \(path) open"))
    #expect(MountUsers.find(at: directory.path + "x").isEmpty)
  }

  @Test("a process that works there")
  func workingDirectory() async throws {
    let directory = try TemporaryDirectory("busy")
    let outcome = try await Shell.script(
      "cd \"$1\"; exec 9>&-; sleep 100 & echo $!", [directory.path])
    let pid = try #require(Int32(outcome.line))
    defer { kill(pid, SIGKILL) }
    let user = try #require(MountUsers.find(at: directory.path).first { $0.pid == pid })
    #expect(user.use == "working directory")
    #expect(user.path == directory.path)
  }

  @Test("a prefix of a name is not a directory")
  func prefixes() {
    #expect(MountUsers.isBelow("/mnt/a/b", "/mnt/a"))
    #expect(MountUsers.isBelow("/mnt/a", "/mnt/a"))
    #expect(!MountUsers.isBelow("/mnt/ab", "/mnt/a"))
    #expect(MountUsers.isBelow("/x", "/"))
  }
}
