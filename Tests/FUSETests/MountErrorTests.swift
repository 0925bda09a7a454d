// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import TestSupport
import Testing
import VFS

@testable import FUSE

extension MountedTests {
  /// Why a mount fails, said in one line.
  @Suite struct MountErrorTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory("fuse") }

    private func error(
      of path: String, options: [String] = [], preflight: MountPreflight = MountPreflight()
    ) -> MountError? {
      do throws(MountError) {
        let configuration = FUSESessionConfiguration(mountPoint: path, source: "memory", fileSystemOptions: options)
        _ = try FUSESession(
          configuration: configuration, fileSystem: MemoryFileSystem(), logger: Logger(label: "FUSETests"),
          preflight: preflight)
        return nil
      } catch {
        #expect(!error.description.contains("\n"))
        return error
      }
    }

    @Test func theMountPointMustBeAnEmptyDirectory() async throws {
      _ = try await Shell.script("mkdir full empty; touch full/file file", in: directory.path)
      let missing = directory.path("missing")
      #expect(error(of: missing) == .mountPointMissing(missing))
      #expect(
        error(of: missing)?.description
          == "the mount point \(missing) does not exist: create it with 'mkdir -p \(missing)'")
      #expect(error(of: directory.path("file")) == .notADirectory(directory.path("file")))
      #expect(error(of: directory.path("file/below")) == .notADirectory(directory.path("file/below")))
      #expect(error(of: directory.path("full")) == .notEmpty(directory.path("full")))
      #expect(error(of: directory.path("full"), options: ["nonempty"]) == nil)
      #expect(error(of: directory.path("empty")) == nil)
    }

    @Test func aLiveMountIsNotMountedOver() async throws {
      let mount = try TestMount(MemoryFileSystem(), on: directory.path)
      #expect(error(of: directory.path, options: ["nonempty"]) == .alreadyMounted(directory.path, source: "memory"))
      try await mount.end()
    }

    /// As the death of the process leaves it: `umount -f` of a busy mount aborts the connection and keeps the mount.
    private func mountDead() async throws -> (mount: TestMount, descriptor: Int32) {
      let mount = try TestMount(MemoryFileSystem(), on: directory.path)
      let descriptor = try await BlockingWork.run { [path = mount.path] in open(path, O_RDONLY | O_DIRECTORY) }
      _ = try await Shell.run("umount", ["-f", mount.path])
      _ = try await mount.running.value()
      return (mount, descriptor)
    }

    @Test func aDeadMountIsRecognisedAndItsRemedyHelps() async throws {
      let (mount, descriptor) = try await mountDead()
      let found = error(of: directory.path)
      #expect(found == .deadMount(directory.path))
      #expect(found?.description.hasSuffix("remove it with 'fusermount3 -uz \(directory.path)'") == true)
      #expect(try await Shell.run("fusermount3", ["-uz", directory.path]).error == "")
      #expect(error(of: directory.path) == nil)
      close(descriptor)
      try await mount.end()
    }

    @Test func theSessionTakesItsDeadMountAway() async throws {
      let (mount, descriptor) = try await mountDead()
      #expect(MountTable.current().mount(at: directory.path) != nil)
      try mount.session.unmount()
      #expect(MountTable.current().mount(at: directory.path) == nil)
      close(descriptor)
    }

    @Test func theDeviceMustBeThere() {
      var preflight = MountPreflight()
      preflight.device = directory.path("fuse")
      #expect(error(of: directory.path, preflight: preflight) == .deviceMissing)
    }

    @Test func usersOtherThanRootNeedTheHelper() {
      var preflight = MountPreflight()
      preflight.isRoot = false
      preflight.helperDirectories = [directory.path]
      #expect(error(of: directory.path, preflight: preflight) == .helperMissing)
    }

    @Test(arguments: [
      ("", "allow_other", true), ("#user_allow_other\n", "allow_other", true), ("mount_max = 9\n", "allow_root", true),
      ("mount_max = 9\nuser_allow_other\n", "allow_other", false), ("  user_allow_other  ", "allow_root", false),
      ("", "ro", false),
    ])
    func allowOtherNeedsTheAdministrator(_ configuration: String, _ option: String, _ isRefused: Bool) async throws {
      var preflight = MountPreflight()
      preflight.isRoot = false
      preflight.helperConfiguration = directory.path("fuse.conf")
      _ = try await Shell.script("printf '%s' \"$1\" > fuse.conf; mkdir m", [configuration], in: directory.path)
      let expected: MountError? = isRefused ? .allowOtherForbidden(option: option) : nil
      #expect(error(of: directory.path("m"), options: [option], preflight: preflight) == expected)
    }

    @Test func optionsThatNobodyKnowsAreNamed() {
      let found = error(of: directory.path, options: ["ro", "no_such_option"])
      #expect(found == .invalidOptions("unknown option(s): `-o no_such_option'"))
    }

    /// What passes all checks and is refused by mount(2): the device of `blkdev` must be a path.
    @Test func refusalsOfTheKernelArePassedOn() {
      let found = error(of: directory.path, options: ["blkdev"])
      #expect(found == .failed(directory.path, cause: "mount failed: No such file or directory"))
      #expect(MountTable.current().mount(at: directory.path) == nil)
    }

    @Test func optionsReachTheKernel() async throws {
      let mount = try TestMount(MemoryFileSystem(), on: directory.path, options: ["ro", "noexec"])
      let found = try await Shell.script("grep \"$1\" /proc/mounts; touch $1/x || true", [directory.path])
      #expect(found.output.contains("memory \(directory.path) fuse.pail ro,nosuid,nodev,noexec,"))
      #expect(found.error == "touch: cannot touch '\(directory.path)/x': Read-only file system\n")
      try await mount.end()
    }

    @Test func relativePathsAndLinksAreResolved() async throws {
      _ = try await Shell.script("mkdir real; ln -s real link", in: directory.path)
      let mount = try TestMount(MemoryFileSystem(), on: directory.path("link"))
      #expect(MountTable.current().mount(at: directory.path("real"))?.isFUSE == true)
      try await mount.end()
      #expect(MountTable.current().mount(at: directory.path("real")) == nil)
    }
  }
}
