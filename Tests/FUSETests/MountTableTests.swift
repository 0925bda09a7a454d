// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FUSE

struct MountTableTests {
  /// The first is the example of proc_pid_mountinfo(5); the others were copied from machines.
  private static let mountinfo = """
    36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
    22 27 0:21 / /proc rw,relatime - proc proc rw
    57 27 0:51 / /tmp/m rw,nosuid,nodev,relatime shared:30 master:2 - fuse.pail s3://bucket rw,user_id=0,group_id=0
    58 27 0:52 / /tmp/with\\040space\\011tab\\134slash rw - fuse.sshfs host:/a\\040b rw
    59 27 0:53 / /tmp/m rw,nosuid shared:30 - fuse pail rw
    60 27 0:54 / /sys/fs/fuse/connections rw - fusectl fusectl rw
    """

  @Test func findsTheLastMountOfAPath() throws {
    let mount = try #require(MountTable(mountinfo: Self.mountinfo).mount(at: "/tmp/m"))
    #expect(mount == .init(minor: 53, mountPoint: "/tmp/m", type: "fuse", source: "pail"))
    #expect(mount.isFUSE)
  }

  @Test func readsOptionalFieldsAndDevices() throws {
    let mount = try #require(MountTable(mountinfo: Self.mountinfo).mount(at: "/mnt2"))
    #expect(mount == .init(minor: 0, mountPoint: "/mnt2", type: "ext3", source: "/dev/root"))
    #expect(!mount.isFUSE)
  }

  @Test func decodesEscapes() throws {
    let mount = try #require(MountTable(mountinfo: Self.mountinfo).mount(at: "/tmp/with space\ttab\\slash"))
    #expect(mount.source == "host:/a b")
    #expect(mount.type == "fuse.sshfs")
    #expect(mount.isFUSE)
  }

  @Test func theControlFileSystemIsNoFUSEMount() {
    #expect(MountTable(mountinfo: Self.mountinfo).mount(at: "/sys/fs/fuse/connections")?.isFUSE == false)
  }

  @Test(arguments: ["", "\n", "garbage", "36 35 98:0 /mnt1 /mnt2 rw -", "36 35 x /mnt1 /mnt2 rw - ext3 /dev/root rw"])
  func skipsLinesThatAreNone(_ text: String) {
    #expect(MountTable(mountinfo: text).mounts.isEmpty)
  }

  @Test func readsThisMachine() {
    #expect(MountTable.current().mount(at: "/proc")?.type == "proc")
  }
}
