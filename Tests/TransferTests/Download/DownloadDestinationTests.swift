// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTPTransport
import S3Client
import TestSupport
import Testing
import Transfer

extension RealStoreTests {
  @Suite("Download destinations") struct DownloadDestinationTests {}
}

extension RealStoreTests.DownloadDestinationTests {
  @Test func whatCannotBeAFileIsRefusedBeforeAnythingIsAsked() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let directory = fixture.directory.path("directory")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    let file = fixture.directory.path("plain")
    try fixture.write([1], to: file)
    let pipe = fixture.directory.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    for (path, reason) in [
      ("", "is no path of a file"), (directory, "is a directory: name a file in it"),
      (directory + "/none/x", "No such file or directory"),
      (fixture.directory.path("new/"), "is a directory's name"), (file + "/x", "Not a directory"),
      (pipe, "is no regular file"),
      ("/dev/null", "is no regular file"), ("/proc/new", "No such file or directory"),
    ] {
      for overwrites in [true, false] {
        // What is there is not replaced, whatever it is.
        if !overwrites, [directory, pipe, "/dev/null"].contains(path) { continue }
        let failure = await fixture.download(to: .file(path: path, overwrites: overwrites)).run().failure
        #expect(failure?.name == "destination")
        #expect(failure?.description == "\(path): \(reason)")
      }
    }
    #expect(fixture.counts == [:])
    #expect(try fixture.names == ["directory", "pipe", "plain"])
  }

  @Test(arguments: ["link", "hard link", "directory", "journal link"])
  func strangersAtTheNameOfThePartialFileAreLeftAlone(kind: String) async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let bytes = Noise.bytes(100_000)
    try await fixture.put("k", bytes)
    let victim = fixture.directory.path("victim")
    try fixture.write(Array("precious".utf8), to: victim)
    let partial = fixture.path + ".pail-part"
    switch kind {
    case "link": #expect(symlink(victim, partial) == 0)
    case "hard link": #expect(link(victim, partial) == 0)
    case "directory": #expect(mkdir(partial, 0o700) == 0)
    default: #expect(symlink(victim, partial + ".journal") == 0)
    }
    let result = await fixture.download().run()
    #expect(try fixture.content(victim) == Array("precious".utf8))
    if kind == "journal link" {
      // It cannot be resumed then, which is no reason to fail.
      #expect(try fixture.content() == bytes)
    } else {
      #expect(result.failure?.name == "destination")
    }
  }

  @Test func aDanglingLinkIsAFileThatIsThere() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", [1, 2])
    #expect(symlink("nowhere", fixture.path) == 0)
    #expect(await fixture.download(to: .file(path: fixture.path, overwrites: false)).run().failure?.name == "exists")
    _ = try await fixture.download().run().get()
    #expect(try fixture.content() == [1, 2] && fixture.names == ["file"])
  }

  @Test func aLongNameHasAPartialFileToo() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", [1, 2])
    let path = fixture.directory.path(String(repeating: "n", count: 255))
    _ = try await fixture.download(to: .file(path: path)).run().get()
    #expect(try fixture.content(path) == [1, 2])
  }

  @Test func thePartialFileIsForItsOwnerOnly() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Noise.bytes(100_000))
    let gate = Gate()
    fixture.transport.hold(.get, at: gate)
    let download = fixture.download()
    download.start()
    try await gate.reached(1)
    for suffix in [".pail-part", ".pail-part.journal"] {
      var status = stat()
      let code = stat(fixture.path + suffix, &status)
      #expect(code == 0 && status.st_mode & 0o777 == 0o600)
      // Sparse: the disk has next to nothing of it yet.
      #expect(status.st_blocks * 512 < 10_000)
    }
    gate.open()
    _ = try await download.result().get()
  }

  @Test(.enabled(if: geteuid() == 0, "needs a small file system of its own"))
  func aFullDiskKeepsWhatIsThere() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let bytes = Noise.bytes(4 << 20)
    try await fixture.put("k", bytes)
    let mount = fixture.directory.path("small")
    try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: false)
    let mounted = try await Shell.run("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", mount])
    try #require(mounted.succeeded, "\(mounted.error)")
    let path = mount + "/file"
    let failure = await fixture.download(to: .file(path: path), rangeSize: 256 << 10).run().failure
    #expect(failure?.name == "diskFull")
    #expect(failure?.description == "\(path): no space left; free some, and download again to go on")
    let grown = try await Shell.run("mount", ["-o", "remount,size=16m", mount])
    #expect(grown.succeeded, "\(grown.error)")
    fixture.transport.reset()
    _ = try await fixture.download(to: .file(path: path), rangeSize: 256 << 10).run().get()
    #expect(try fixture.content(path) == bytes)
    #expect(fixture.transport.receivedBytes <= 3 << 20)
    let unmounted = try await Shell.run("umount", [mount])
    #expect(unmounted.succeeded, "\(unmounted.error)")
  }
}
