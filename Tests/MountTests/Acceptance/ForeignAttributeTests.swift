// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension SystemCalls {
  @Suite("Attributes in the forms of other programs")
  struct ForeignAttributeTests {
    /// What rclone (--metadata), s3fs and geesefs leave in a bucket.
    /// SEMANTICS: foreign-forms, symbolic-links
    @Test("Modes, owners, times and links of rclone, s3fs and geesefs are shown, and changed without harm")
    func reading() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try mount.client.put(
          mount.bucket, "rclone", "x".utf8,
          metadata: [
            "mode": "100640", "uid": "1234", "gid": "4321", "mtime": "1700000000.25",
            "btime": "2006-01-02T15:04:05.999999999+07:00", "atime": "2006-01-02T15:04:05Z",
          ])
        try mount.client.put(
          mount.bucket, "dated", "x".utf8,
          metadata: ["mode": "0100600", "mtime": "2006-01-02T15:04:05.999999999+07:00"])
        try mount.client.put(
          mount.bucket, "s3fs", "x".utf8, metadata: ["mode": "33152", "uid": "7", "gid": "8", "mtime": "1700000000"])
        try mount.client.put(mount.bucket, "s3fs-link", "rclone".utf8, metadata: ["mode": "41471"])
        try mount.client.put(mount.bucket, "dir/", "".utf8, metadata: ["mode": "42750"])
        try mount.client.put(mount.bucket, "geesefs", "".utf8, metadata: ["--symlink-target": "dir/t%C3%A4rget"])
        #expect(
          try await mount.sh(#"cd "$M"; stat -c '%n %A %u %g' rclone dated s3fs dir"#)
            == """
            rclone -rw-r----- 1234 4321
            dated -rw------- 0 0
            s3fs -rw------- 7 8
            dir drwxr-s--- 0 0
            """)
        #expect(
          try await mount.sh(#"cd "$M"; stat -c '%.9Y' rclone dated s3fs"#)
            == "1700000000.250000000\n1136189045.999999999\n1700000000.000000000")
        try await mount.sh(
          """
          cd "$M"
          test "$(readlink s3fs-link)" = rclone
          test "$(readlink geesefs)" = 'dir/tärget'; test "$(stat -c '%s %F' geesefs)" = '11 symbolic link'
          find . -type l | sort | tr '\\n' ' ' | grep -qx './geesefs ./s3fs-link '
          ! getfattr -h -d geesefs 2>&1 | grep -q symlink
          chown -h 5:6 geesefs; mv geesefs moved
          test "$(readlink moved)" = 'dir/tärget'
          """)
        try await mount.remountWithEmptyCache()
        #expect(try await mount.sh(#"cd "$M"; readlink moved; stat -c '%u %g' moved"#) == "dir/tärget\n5 6")
        let head = try #require(try mount.client.head(mount.bucket, "moved"))
        // geesefs still finds its link.
        #expect(head.metadata["--symlink-target"] == "dir/t%C3%A4rget")
        #expect(head.metadata["uid"] == "5")
        // What rclone has noted besides stays.
        try await mount.sh(#"chmod 644 "$M/rclone""#)
        try await mount.unmount()
        let changed = try #require(try mount.client.head(mount.bucket, "rclone"))
        #expect(changed.metadata["btime"] == "2006-01-02T15:04:05.999999999+07:00")
        #expect(changed.metadata["uid"] == "1234")
        try await mount.mount()
        #expect(try await mount.sh(#"stat -c '%a %u' "$M/rclone""#) == "644 1234")
      }
    }
  }
}
