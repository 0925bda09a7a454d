// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

import Mount

@Suite("Private directories")
struct DirectoryTests {
  private func mode(_ path: String) -> mode_t? {
    var status = Glibc.stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  @Test("are made with their parents, for one user only")
  func made() throws {
    let directory = try TemporaryDirectory("private")
    let path = directory.path("a/b/c")
    try PrivateDirectory.make(path, purpose: "cache directory", uid: geteuid())
    #expect(mode(path) == 0o700)
    #expect(mode(directory.path("a")) == 0o700)
    try PrivateDirectory.make(path, purpose: "cache directory", uid: geteuid())
  }

  @Test("are refused when others may enter", arguments: [0o755, 0o770, 0o701] as [mode_t])
  func open(mode: mode_t) throws {
    let directory = try TemporaryDirectory("private")
    chmod(directory.path, mode)
    #expect {
      try PrivateDirectory.make(directory.path, purpose: "cache directory", uid: geteuid())
    } throws: {
      "\($0)".contains("is open to others") && "\($0)".hasSuffix("run: chmod 700 \(directory.path)")
    }
  }

  @Test("are refused when they are somebody else's, a file, or below one")
  func others() throws {
    let directory = try TemporaryDirectory("private")
    #expect {
      try PrivateDirectory.make(directory.path, purpose: "cache directory", uid: geteuid() + 1)
    } throws: { "\($0)".contains("belongs to uid \(geteuid())") }
    let file = directory.path("file")
    #expect(FileManager.default.createFile(atPath: file, contents: nil))
    #expect {
      try PrivateDirectory.make(file, purpose: "cache directory", uid: geteuid())
    } throws: { "\($0)".hasSuffix("is not a directory") }
    #expect(throws: MountFailure.self) {
      try PrivateDirectory.make(file + "/below", purpose: "cache directory", uid: geteuid())
    }
  }

  @Test("a cache belongs to one store, bucket and prefix")
  func cache() throws {
    let directory = try TemporaryDirectory("cache")
    let path = directory.path("c")
    let photos = MountIdentity(endpoint: nil, source: try MountSource("photos"))
    try CacheOwnership.prepare(path, identity: photos, uid: geteuid())
    try CacheOwnership.prepare(path, identity: photos, uid: geteuid())
    #expect(try String(contentsOfFile: path + "/source", encoding: .utf8) == "aws photos \n")
    for other in [
      MountIdentity(endpoint: nil, source: try MountSource("videos")),
      MountIdentity(endpoint: "http://127.0.0.1:1", source: try MountSource("photos")),
      MountIdentity(endpoint: nil, source: try MountSource("s3://photos/a")),
    ] {
      #expect {
        try CacheOwnership.prepare(path, identity: other, uid: geteuid())
      } throws: { "\($0)".contains("belongs to another mount (aws photos )") }
    }
  }
}
