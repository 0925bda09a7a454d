// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension Acceptance {
  @Suite("Delayed write-back")
  struct DelayedTests {
    /// SEMANTICS: local-file, delayed, rename-new
    @Test("close returns without a request, the object follows", arguments: StoreKind.allCases)
    func delay(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), "write-back=delayed,write-back-delay=5s") { mount in
        try await mount.sh(#"echo later > "$M/file""#)
        let status = try await mount.status()
        #expect(status.count("PutObject") == 0)
        #expect(status.pending.map(\.key) == ["file"])
        #expect(try await mount.sh(#"cat "$M/file"; ls "$M""#) == "later\nfile")
        #expect(try mount.client.head(mount.bucket, "file") == nil)
        try await mount.expectDrained(within: 15)
        #expect(try mount.client.get(mount.bucket, "file") == Array("later\n".utf8))
        // Renamed or removed before its upload: no request for the old name.
        try await mount.sh(#"echo a > "$M/a"; mv "$M/a" "$M/b"; echo c > "$M/c"; rm "$M/c""#)
        try await mount.expectDrained(within: 15)
        #expect(try mount.client.list(mount.bucket).map(\.key) == ["b", "file"])
        let end = try await mount.status()
        #expect(end.count("PutObject") == 2)
        #expect(end.count("CopyObject") == 0)
        #expect(end.count("DeleteObject") == 0)
      }
    }

    /// SEMANTICS: call-mount
    @Test("pail umount uploads everything that waits", arguments: StoreKind.allCases)
    func drain(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), "write-back=delayed,write-back-delay=1h") { mount in
        try await mount.sh(
          """
          for number in $(seq 50); do echo "$number" > "$M/$number"; echo "$number" > "$D/$number"; done
          head -c 30000000 /dev/urandom > "$D/large"; cp "$D/large" "$M/large"
          """)
        #expect(try await mount.status().pending_count == 51)
        #expect(try await mount.requests("PutObject") == 0)
        try await mount.unmount()
        #expect(try mount.client.differences(mount.scratch, mount.bucket) == [])
      }
    }

    /// SEMANTICS: uploads-command
    @Test("Uploads are paused, resumed and cancelled by name")
    func uploads() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), "write-back=delayed,write-back-delay=100ms") { mount in
        #expect(try await mount.pail(["uploads", mount.path, "pause"]).succeeded)
        try mount.client.put(mount.bucket, "old", "theirs")
        try await mount.sh(#"for name in a b new old; do echo mine > "$M/$name"; done"#)
        try await eventually("all wait") {
          try await mount.status().pending.map(\.state) == Array(repeating: "paused", count: 4)
        }
        let held = try await mount.pail(["uploads", mount.path, "resume", mount.path + "/a"])
        #expect(held.succeeded && held.output.contains("paused"), "\(held)")
        try await eventually("one went on") { try await mount.status().pending.map(\.key) == ["b", "new", "old"] }
        for key in ["new", "old"] { #expect(try await mount.pail(["uploads", mount.path, "cancel", key]).succeeded) }
        #expect(try await mount.sh(#"cat "$M/old"; echo; ls "$M""#) == "theirs\na\nb\nold")
        let missing = try await mount.pail(["uploads", mount.path, "cancel", "new"])
        #expect(missing.status == 1 && missing.error.contains("no upload of new is pending"))
        #expect(try await mount.pail(["uploads", mount.path, "resume"]).succeeded)
        try await mount.expectDrained(within: 15)
        #expect(try mount.client.list(mount.bucket).map(\.key) == ["a", "b", "old"])
        #expect(try mount.client.get(mount.bucket, "old") == Array("theirs".utf8))
      }
    }

    /// SEMANTICS: delayed, next-mount
    @Test("What waits survives a killed daemon", arguments: StoreKind.allCases)
    func crash(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), "write-back=delayed,write-back-delay=1h") { mount in
        try await mount.sh(
          #"mkdir "$M/d"; echo small | tee "$D/small" > "$M/d/small"; head -c 20000000 /dev/urandom > "$D/large"; cp "$D/large" "$M/d/large""#
        )
        try await mount.sh(#"kill -9 "$1""#, "\(mount.daemonPID)")
        try await eventually(within: .seconds(10), "the daemon has ended") { !LiveMount.isRunning(mount.daemonPID) }
        // The dead mount, which answers nobody from the moment on that the kernel has seen the last of the daemon's threads,
        // is taken away by the next one.
        try await eventually(within: .seconds(10), "nobody answers") {
          try await !mount.attempt(#"stat "$M""#).succeeded
        }
        try await mount.mount()
        #expect(
          try await mount.sh(#"ls "$M/d"; cmp "$D/large" "$M/d/large"; cat "$M/d/small""#) == "large\nsmall\nsmall")
        try await mount.expectDrained(within: 30)
        #expect(try mount.client.differences(mount.scratch, mount.bucket, prefix: "d") == [])
      }
    }
  }
}
