// SPDX-License-Identifier: Apache-2.0

import Foundation
import Mount
import TestSupport
import Testing

@Suite("The name of a mount point")
struct MountPointTests {
  private func environment(in directory: String) -> HostEnvironment {
    HostEnvironment(variables: [:], home: "/root", workingDirectory: directory, uid: 1_000, gid: 1_000)
  }

  @Test(
    "is the same however it is written",
    arguments: [
      "real", "./real", "real/", "real///", "real/.", "link", "link/", "chain", "inner/../real", "inner/back",
      "absolute",
    ])
  func resolves(path: String) throws {
    let directory = try TemporaryDirectory("mountpoint")
    let files = FileManager.default
    try files.createDirectory(atPath: directory.path("real"), withIntermediateDirectories: false)
    try files.createDirectory(atPath: directory.path("inner"), withIntermediateDirectories: false)
    try files.createSymbolicLink(atPath: directory.path("link"), withDestinationPath: "real")
    try files.createSymbolicLink(atPath: directory.path("chain"), withDestinationPath: "link/")
    try files.createSymbolicLink(atPath: directory.path("inner/back"), withDestinationPath: "../real")
    try files.createSymbolicLink(atPath: directory.path("absolute"), withDestinationPath: directory.path("real"))
    #expect(try MountPoint.resolve(path, environment: environment(in: directory.path)) == directory.path("real"))
  }

  @Test("can be the working directory")
  func workingDirectory() throws {
    let directory = try TemporaryDirectory("mountpoint")
    #expect(try MountPoint.resolve(".", environment: environment(in: directory.path)) == directory.path)
    #expect(try MountPoint.resolve("/", environment: environment(in: "/")) == "/")
    #expect(try MountPoint.resolve("/tmp/..", environment: environment(in: "/")) == "/")
  }

  @Test("needs a parent, and links that end")
  func failures() throws {
    let directory = try TemporaryDirectory("mountpoint")
    let environment = environment(in: directory.path)
    #expect(throws: MountFailure.self) { try MountPoint.resolve("a/b", environment: environment) }
    try FileManager.default.createSymbolicLink(atPath: directory.path("loop"), withDestinationPath: "loop")
    #expect(throws: MountFailure.self) { try MountPoint.resolve("loop", environment: environment) }
  }
}
