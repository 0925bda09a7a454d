// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("The command line")
struct CommandLineTests {
  @Test("has a version and help that names every command and option")
  func help() async throws {
    let pail = try PailProgram()
    let version = try await pail.run("--version")
    #expect(version.succeeded && version.line.hasPrefix("pail "))
    let help = try await pail.run("--help")
    for command in ["mount", "umount", "status", "uploads", "cp", "mv", "ls", "stat", "rm", "url"] {
      #expect(help.output.contains("\n  \(command) "))
    }
    let mount = try await pail.run("mount", "--help")
    for option in ["cache-dir=DIR", "write-back=close|delayed", "--foreground", "--endpoint"] {
      #expect(mount.output.contains(option))
    }
    #expect(!mount.output.contains("readiness"))
  }

  @Test("a mount that cannot be is explained in one line")
  func preflight() async throws {
    let pail = try PailProgram()
    let mountPoint = try pail.makeMountPoint()
    let missing = pail.directory.path("missing")
    let file = pail.directory.path("file")
    #expect(FileManager.default.createFile(atPath: file, contents: nil))
    let full = try pail.makeMountPoint("full")
    #expect(FileManager.default.createFile(atPath: full + "/x", contents: nil))
    let cases: [(arguments: [String], line: String)] = [
      (["ph", mountPoint], "\"ph\" is no bucket name: 3 to 255 letters, digits, dots, hyphens or underscores"),
      (["photos", mountPoint, "-o", "regoin=x"], "unknown option regoin; did you mean region?"),
      (["photos", missing], "mount point \(missing) does not exist; run: mkdir -p \(missing)"),
      (["photos", missing + "/x"], "mount point \(missing)/x does not exist; run: mkdir -p \(missing)/x"),
      (["photos", file], "mount point \(file) is not a directory; name an empty directory"),
      (
        ["photos", full], "mount point \(full) is not empty; choose another, or add -o nonempty to cover what is there"
      ),
      (["photos", mountPoint, "--ca-file", missing], "ca-file \(missing) cannot be read: No such file or directory"),
      (
        ["photos", mountPoint, "--log-file", missing + "/log"],
        "log file \(missing)/log cannot be opened: No such file or directory; name another with --log-file"
      ),
    ]
    for (arguments, line) in cases {
      for foreground in [[], ["--foreground"]] {
        let outcome = try await Shell.run(
          PailProgram.path, ["mount"] + arguments + foreground, environment: pail.environment, timeLimit: 30)
        #expect(outcome.status == 1)
        #expect(outcome.error == "pail: \(line)\n")
        #expect(outcome.output.isEmpty)
      }
    }
  }

  @Test("mount.pail has the exit codes of mount(8)")
  func helper() async throws {
    let pail = try PailProgram()
    let mountPoint = try pail.makeMountPoint()
    let missing = pail.directory.path("missing")
    let usage = try await pail.run("photos", mountPoint, "-o", "frobnicate")
    #expect(usage.status == 1)
    #expect(usage.error == "mount.pail: unknown option frobnicate; `pail mount --help` lists the options\n")
    let failure = try await pail.run("photos", missing, "-o", "rw,_netdev,x-systemd.automount")
    #expect(failure.status == 32)
    #expect(failure.error == "mount.pail: mount point \(missing) does not exist; run: mkdir -p \(missing)\n")
    let link = pail.directory.path("mount.pail")
    symlink(PailProgram.path, link)
    let fake = try await Shell.run(link, ["photos", missing, "-f", "-o", "ro"], environment: pail.environment)
    #expect(fake.status == 0)
    let sloppy = try await Shell.run(
      link, ["photos", missing, "-s", "-o", "frobnicate"], environment: pail.environment)
    #expect(sloppy.status == 32)
    #expect(sloppy.error.contains("does not exist"))
  }

  @Test("what is not mounted cannot be unmounted or shown")
  func absent() async throws {
    let pail = try PailProgram()
    let mountPoint = try pail.makeMountPoint()
    for command in [["umount"], ["status"], ["status", "--json"], ["uploads"]] {
      let outcome = try await Shell.run(PailProgram.path, command + [mountPoint], environment: pail.environment)
      #expect(outcome.status == 1)
      #expect(outcome.error == "pail: \(mountPoint) is not mounted\n")
    }
    let foreign = try await pail.run("umount", "/proc")
    #expect(foreign.status == 1)
    #expect(foreign.error == "pail: /proc is a mount of another kind (proc), not of pail\n")
    let all = try await pail.run("status", "--json")
    #expect(all.succeeded)
    #expect(all.output.hasPrefix("["))
  }

  @Test("a caller's pipe is not kept open by a failing mount")
  func descriptors() async throws {
    let pail = try PailProgram()
    let outcome = try await Shell.script(
      "out=$(\"$1\" mount photos \"$2\" 2>&1 9>&1 || true); echo \"$out\"",
      [PailProgram.path, pail.directory.path("missing")],
      environment: pail.environment, timeLimit: 20)
    #expect(outcome.succeeded)
    #expect(outcome.output.hasPrefix("pail: mount point"))
  }
}
