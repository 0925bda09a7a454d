// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Logging
import TestSupport
import Testing
import VFS

@testable import FUSE

extension MountedTests {
  /// The ways in which a session ends, and what is left behind: nothing.
  @Suite struct SessionEndTests {
    private func hasEnded(_ mount: TestMount) async throws -> Bool {
      try await BlockingWork.run { [running = mount.running] in running.join(timeout: 10) ?? false }
    }

    @Test(arguments: ["umount", "fusermount3 -u"])
    func unmountingFromOutsideEndsRun(_ command: String) async throws {
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(MemoryFileSystem(), on: directory.path)
      let outcome = try await Shell.script("echo x > \(mount.path)/file; \(command) \(mount.path)")
      #expect(outcome.error == "")
      #expect(try await hasEnded(mount))
      #expect(mount.session.workers.total == 0)
      #expect(MountTable.current().mount(at: mount.path) == nil)
      // The second unmount is for nothing, and says nothing.
      try mount.session.unmount()
    }

    @Test func unmountingTheSessionEndsRun() async throws {
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(MemoryFileSystem(), on: directory.path)
      try await BlockingWork.run { [session = mount.session] in try session.unmount() }
      #expect(try await hasEnded(mount))
      #expect(MountTable.current().mount(at: mount.path) == nil)
    }

    @Test func stopEndsRunAndLeavesTheMount() async throws {
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(MemoryFileSystem(), on: directory.path)
      mount.session.stop()
      #expect(try await hasEnded(mount))
      #expect(MountTable.current().mount(at: mount.path) != nil)
      try mount.session.unmount()
      #expect(MountTable.current().mount(at: mount.path) == nil)
    }

    /// A worker in the file system finishes its request before `run` returns.
    @Test func stopWaitsForRequestsThatAreServed() async throws {
      let gate = Gate()
      let files = MemoryFileSystem { operation, inode in
        if operation == .getattr { gate.pass(inode) }
        return nil
      }
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(files, on: directory.path)
      gate.close(for: [.root])
      async let waiting = Shell.run("stat", ["-c", "%F", mount.path])
      #expect(try await BlockingWork.run { gate.hasWaiting(1) })
      mount.session.stop()
      let idleWorkersLeave = try await BlockingWork.run { [session = mount.session] in
        session.pool.wait(timeout: 10) { $0.workers == 1 }
      }
      #expect(idleWorkersLeave)
      #expect(!mount.running.isDone)
      gate.open()
      #expect(try await waiting.line == "directory")
      #expect(try await hasEnded(mount))
      try mount.session.unmount()
    }

    @Test func aBusyMountIsDetachedOrRefused() async throws {
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(MemoryFileSystem(), on: directory.path)
      let file = try await BlockingWork.run { [path = mount.path] in open(path + "/file", O_CREAT | O_RDWR, 0o644) }
      #expect(file >= 0)
      try await BlockingWork.run { [session = mount.session] in
        #expect(throws: VFS.Errno.EBUSY) { try session.unmount(whenBusy: .fail) }
        try session.unmount(whenBusy: .detach)
        #expect(MountTable.current().mount(at: directory.path) == nil)
        // Nobody finds it any more, but the open file works until it is closed.
        #expect(write(file, "abc", 3) == 3)
        #expect(session.workers.total > 0)
        #expect(close(file) == 0)
      }
      #expect(try await hasEnded(mount))
    }

    /// What a program changed through mmap is written back by a clean unmount.
    @Test func unmountingWritesBackMappedPages() async throws {
      let files = MemoryFileSystem()
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(files, on: directory.path)
      let changed = try await Shell.run(
        "/usr/bin/python3",
        [
          "-c",
          "import mmap; f = open('file', 'w+b'); f.write(b'x' * 10000); f.flush(); mmap.mmap(f.fileno(), 0)[5000] = 121",
        ], in: mount.path)
      #expect(changed.error == "")
      try await mount.end()
      let again = try TestMount(files, on: directory.path)
      #expect(try await Shell.script("tr -d x < file", in: again.path).output == "y")
      try await again.end()
    }

    @Test func aForcedUnmountTakesBackWhatWasNotDelivered() async throws {
      let gate = Gate()
      let files = MemoryFileSystem { operation, inode in
        if operation == .open { gate.pass(inode) }
        return nil
      }
      let directory = try TemporaryDirectory("fuse")
      let mount = try TestMount(files, on: directory.path)
      let inode = try await Shell.script("echo x > file; stat -c %i file", in: mount.path).line
      gate.close(for: [InodeID(try #require(UInt64(inode)))])
      async let reader = Shell.run("cat", ["file"], in: mount.path)
      #expect(try await BlockingWork.run { gate.hasWaiting(1) })
      // Aborts the connection: the reader's open fails, although the file system will still answer it.
      _ = try await Shell.run("umount", ["-f", mount.path])
      #expect(try await reader.error == "cat: file: Software caused connection abort\n")
      gate.open()
      try await mount.end()
      #expect(files.references.handles == 0)
    }

    @Test func thePlaceCanBeMountedAgainAndAgainAndNothingLeaks() async throws {
      let directory = try TemporaryDirectory("fuse")
      let files = MemoryFileSystem()
      let before = Leftovers.current()
      for round in 1...10 {
        let mount = try TestMount(files, on: directory.path)
        #expect(try await Shell.script("echo \(round) >> log; wc -l < log", in: mount.path).line == "\(round)")
        try await files.waitUntilReleased()
        if round.isMultiple(of: 2) { mount.session.stop() }
        try await mount.end()
      }
      #expect(Leftovers.current() == before)
    }

    @Test func aSessionThatNeverRunsUnmountsWhenItIsDropped() async throws {
      let directory = try TemporaryDirectory("fuse")
      do {
        let session = try FUSESession(
          configuration: .init(mountPoint: directory.path, source: "memory"), fileSystem: MemoryFileSystem(),
          logger: Logger(label: "FUSETests"))
        #expect(MountTable.current().mount(at: directory.path)?.type == "fuse.pail")
        #expect(!session.waitUntilLive(timeout: 0.01))
      }
      #expect(MountTable.current().mount(at: directory.path) == nil)
    }

    /// From the moment at which the mount is said to be there.
    @Test func rootRaisesTheReadAhead() async throws {
      for _ in 1...10 {
        try await TestMount.with(MemoryFileSystem()) { mount in
          let minor = try #require(MountTable.current().mount(at: mount.path)).minor
          let setting = try String(contentsOfFile: "/sys/class/bdi/0:\(minor)/read_ahead_kb", encoding: .utf8)
          #expect(setting == "1024\n")
        }
      }
    }
  }
}

/// What a session must not leave in its process.
private struct Leftovers: Equatable {
  let devices: Int
  let workers: Int

  static func current() -> Leftovers {
    let descriptors = entries(of: "/proc/self/fd").filter { descriptor in
      var target = [CChar](repeating: 0, count: 256)
      return readlink("/proc/self/fd/" + descriptor, &target, 255) > 0
        && target.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } == "/dev/fuse"
    }
    let threads = entries(of: "/proc/self/task").filter { thread in
      guard let file = fopen("/proc/self/task/\(thread)/comm", "r") else { return false }
      defer { fclose(file) }
      var line = [CChar](repeating: 0, count: 64)
      guard fgets(&line, 64, file) != nil else { return false }
      return line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } == WorkerThread.name + "\n"
    }
    return Leftovers(devices: descriptors.count, workers: threads.count)
  }

  private static func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        })
    }
    return names
  }
}
