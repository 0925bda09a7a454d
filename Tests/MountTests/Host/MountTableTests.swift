// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("The mount table")
struct MountTableTests {
  @Test("is read with its escapes")
  func parses() {
    // The first line is the example of proc_pid_mountinfo(5).
    let entries = MountTable.parse(
      """
      36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
      90 35 0:52 / /mnt/my\\040photos rw,nosuid shared:5 master:2 - fuse.pail s3://photos rw,user_id=0
      91 35 0:53 / /a\\134b rw - fuse.other a\\011b rw
      broken line

      """)
    #expect(
      entries == [
        MountTableEntry(device: "98:0", mountPoint: "/mnt2", type: "ext3", source: "/dev/root"),
        MountTableEntry(device: "0:52", mountPoint: "/mnt/my photos", type: "fuse.pail", source: "s3://photos"),
        MountTableEntry(device: "0:53", mountPoint: "/a\\b", type: "fuse.other", source: "a\tb"),
      ])
    #expect(entries.map(\.isPail) == [false, true, false])
  }

  @Test("of this machine has /proc")
  func current() {
    #expect(MountTable.top(at: "/proc")?.type == "proc")
    #expect(MountTable.top(at: "/no/such/mount") == nil)
  }
}
