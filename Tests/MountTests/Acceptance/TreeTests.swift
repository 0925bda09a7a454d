// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// They take minutes and measure nothing: one after the other, beside the tests that do.
@Suite("Trees and large files", .serialized)
struct TreeTests {
  @Test("cp -a, tar x and rsync -a keep every byte, name and attribute", arguments: StoreKind.allCases)
  func trees(store: StoreKind) async throws {
    try await LiveMount.use(store.shared()) { mount in
      try await mount.python(SampleTree.script(store))
      try await mount.sh(
        """
        cp -a "$D/tree" "$M/cp"
        mkdir "$M/tar"; tar -c --format=posix -C "$D/tree" . | tar -x -p -C "$M/tar"
        rsync -a "$D/tree/" "$M/rsync"
        """, timeLimit: 600)
      for copy in ["cp", "tar", "rsync"] {
        // Links are compared as links: some lead nowhere.
        try await mount.sh(#"diff -r --no-dereference "$D/tree" "$M/$1""#, copy)
        #expect(
          try mount.client.differences(mount.scratch + "/tree/files", mount.bucket, prefix: copy + "/files") == [])
        try await mount.boto3(SampleTree.verifyProperties, copy)
        let changes = try await mount.sh(#"rsync -a -i "$D/tree/" "$M/$1""#, copy)
        #expect(changes == "", "after \(copy)")
      }

      // An empty cache: everything comes from the bucket again.
      try await mount.unmount()
      try await mount.sh(#"rm -rf "$1"/*"#, mount.cacheDirectory)
      try await mount.mount()
      for copy in ["cp", "tar", "rsync"] {
        // SeaweedFS drops the metadata of marker objects, so directories have default attributes again there.
        let filter = store.keepsDirectoryAttributes ? "" : " | grep -v '^.d' || true"
        let changes = try await mount.sh(#"rsync -a -i "$D/tree/" "$M/$1""# + filter, copy)
        #expect(changes == "", "after \(copy) and a remount")
        try await mount.sh(#"diff -r --no-dereference "$D/tree" "$M/$1""#, copy, timeLimit: 300)
      }
    }
  }

  /// SEMANTICS: mtime
  @Test(
    "A large file arrives, reads back and is listed as it was", arguments: StoreKind.allCases)
  func largeFile(store: StoreKind) async throws {
    // A quarter on the slower server, so that the whole suite stays below eight minutes on two cores.
    let size = store == .seaweedFS ? 1 << 30 : 256 << 20
    try await LiveMount.use(store.shared()) { mount in
      try await mount.sh(
        #"head -c "$1" /dev/urandom > "$D/large.bin"; touch -d '2001-02-03 04:05:06.789' "$D/large.bin""#, "\(size)")
      try await mount.sh(#"cp -a "$D/large.bin" "$M/large.bin"; cmp "$D/large.bin" "$M/large.bin""#, timeLimit: 240)
      let sum = try await mount.sh(#"sha256sum < "$D/large.bin" | cut -c1-64"#)
      let head = try #require(try mount.client.head(mount.bucket, "large.bin", hashing: true))
      #expect(head.contentLength == Int64(size))
      #expect(head.sha256 == sum)
      #expect(head.contentType == "application/octet-stream")
      #expect(try await mount.sh(#"rsync -a -i "$D/large.bin" "$M/""#) == "")
      #expect(try mount.client.uploads(mount.bucket) == [])
    }
  }
}
