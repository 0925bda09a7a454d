// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension Acceptance {
  @Suite("What rsync costs")
  struct RsyncTests {
    /// rsync writes each file under another name, sets its attributes, and renames it.
    @Test("rsync -a of 1,000 files in delayed mode is a PutObject each, and nothing else that changes the bucket")
    func delayed() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), "write-back=delayed") { mount in
        try await mount.python(
          """
          import random
          noise = random.Random(1)
          for number in range(1000):
              os.makedirs(f'{D}/tree/{number % 2}', exist_ok=True)
              path = f'{D}/tree/{number % 2}/{number}.txt'
              with open(path, 'wb') as file: file.write(noise.randbytes(noise.randrange(10_000)))
              os.chmod(path, 0o600 + number % 64)
              os.utime(path, (number, 1_000_000_000 + number))
          """)
        try await mount.sh(#"rsync -a "$D/tree/" "$M/tree""#, timeLimit: 300)
        try await mount.expectDrained(within: 120)
        let status = try await mount.status()
        // And a marker of each of the three directories, written again with the times that rsync sets in the end.
        #expect((1_000...1_010).contains(status.count("PutObject")), "\(status.requests)")
        for operation in ["CopyObject", "CreateMultipartUpload", "DeleteObject", "DeleteObjects"] {
          #expect(status.count(operation) == 0, "\(status.requests)")
        }
        try await mount.remountWithEmptyCache("write-back=delayed")
        #expect(try mount.client.differences(mount.scratch + "/tree", mount.bucket, prefix: "tree") == [])
        let changes = try await mount.sh(#"rsync -a -i "$D/tree/" "$M/tree" | grep -v '^.d' || true"#)
        #expect(changes == "")
      }
    }
  }
}
