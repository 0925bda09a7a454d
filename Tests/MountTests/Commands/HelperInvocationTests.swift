// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("mount.pail")
struct HelperInvocationTests {
  private let commands = ["mount", "umount", "status", "help"]

  @Test(
    "is told from commands",
    arguments: [
      (["/sbin/mount.pail", "photos", "/mnt"], true),
      (["mount.pail"], true),
      (["pail", "photos", "/mnt", "-o", "ro"], true),
      (["/usr/bin/pail", "s3://photos/a", "/mnt"], true),
      (["pail", "mount", "photos", "/mnt"], false),
      (["pail", "mount", "/mnt"], false),
      (["pail", "status", "/mnt"], false),
      (["pail", "photos", "mnt"], false),
      (["pail", "--version"], false),
      (["pail"], false),
    ])
  func recognized(arguments: [String], isHelper: Bool) {
    #expect(HelperInvocation.isHelper(arguments, commands: commands) == isHelper)
  }

  @Test("takes the flags of mount(8)")
  func flags() throws {
    let invocation = try HelperInvocation([
      "photos", "/mnt", "-nsv", "-o", "ro,uid=5", "-rofile-mode=600", "-t", "fuse.pail",
    ])
    #expect(invocation.source == "photos")
    #expect(invocation.mountPoint == "/mnt")
    #expect(invocation.isSloppy)
    #expect(!invocation.isFake)
    #expect(
      invocation.settings
        == [OptionSetting("ro"), OptionSetting("uid", "5"), OptionSetting("ro"), OptionSetting("file-mode", "600")])
  }

  @Test("-w after -r and -f")
  func readWrite() throws {
    let invocation = try HelperInvocation(["-f", "-r", "-w", "photos", "/mnt"])
    #expect(invocation.isFake)
    #expect(invocation.settings == [OptionSetting("ro"), OptionSetting("rw")])
  }

  @Test(
    "says what it cannot do",
    arguments: [
      ["photos"], ["a", "b", "c"], ["photos", "/mnt", "-o"], ["photos", "/mnt", "-N", "x"], ["photos", "/mnt", "-q"],
      ["photos", "/mnt", "--foreground"],
    ])
  func refuses(arguments: [String]) {
    #expect { try HelperInvocation(arguments) } throws: { ($0 as? MountFailure)?.mountHelperExitCode == 1 }
  }

  @Test("becomes the command line of pail mount")
  func arguments() throws {
    let invocation = try HelperInvocation(["photos", "/mnt", "-s", "-o", "cache-dir=/a\\,b,ro"])
    #expect(invocation.mountArguments == ["mount", "photos", "/mnt", "-o", "cache-dir=/a\\,b", "-o", "ro", "--sloppy"])
  }
}
