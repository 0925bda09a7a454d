// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Short versions of what `Benchmarks/` measures in full: 4 GiB, and 100,000 objects.
extension Acceptance {
  @Suite("Memory and requests")
  struct FootprintTests {
    /// SEMANTICS: read-ahead
    @Test("A copy of 512 MiB, there and back, stays below 256 MiB of memory")
    func memory() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared()) { mount in
        try await mount.sh(#"head -c 536870912 /dev/zero > "$D/large"; cp "$D/large" "$M/large""#, timeLimit: 240)
        #expect(mount.peakMemory < 256 << 20, "after writing: \(mount.peakMemory >> 20) MiB")
        try await mount.unmount()
        try await mount.mount()
        try await mount.sh(#"cmp "$D/large" "$M/large""#, timeLimit: 240)
        #expect(mount.peakMemory < 256 << 20, "after reading: \(mount.peakMemory >> 20) MiB")
      }
    }

    /// SEMANTICS: listing
    @Test("5,000 objects are listed with five requests", arguments: StoreKind.allCases)
    func listing(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.putMany(mount.bucket, prefix: "many/", count: 5_000)
        let before = try await mount.status()
        #expect(try await mount.sh(#"ls -U "$M/many" | wc -l"#) == "5000")
        let after = try await mount.status()
        let lists = after.count("ListObjectsV2") - before.count("ListObjectsV2")
        #expect((4...6).contains(lists), "\(lists)")
        #expect(after.count("HeadObject") - before.count("HeadObject") <= 1)
      }
    }
  }
}
