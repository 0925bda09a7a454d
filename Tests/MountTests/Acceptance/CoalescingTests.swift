// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension Acceptance {
  @Suite("What modes, owners and times cost")
  struct CoalescingTests {
    /// Each program sets them in its own order, before the close or after it, under the name or another one.
    private static let programs = [
      "cp": #"cp -a "$D/tree" "$M/cp""#,
      "rsync": #"rsync -a "$D/tree/" "$M/rsync""#,
      "inplace": #"rsync -a --inplace "$D/tree/" "$M/inplace""#,
      "tar": #"mkdir "$M/tar"; tar -xf "$D/tree.tar" -C "$M/tar""#,
      "install": #"mkdir "$M/install"; install -p -m 640 "$D"/tree/* "$M/install""#,
      "unzip": #"mkdir "$M/unzip"; unzip -q "$D/tree.zip" -d "$M/unzip""#,
    ]

    /// Ten files of a PutObject each, one of a multipart upload.
    private static let files = 11

    /// SEMANTICS: mtime, attributes-travel, call-chmod
    @Test(
      "cp -a, rsync -a, tar, install and unzip cost at most one CopyObject a file, and none in delayed mode",
      arguments: ["close", "delayed"])
    func copies(mode: String) async throws {
      let options = mode == "close" ? "write-back=close" : "write-back=delayed,write-back-delay=1s"
      try await LiveMount.use(StoreKind.seaweedFS.shared(), options) { mount in
        try await mount.python(
          """
          os.mkdir(f'{D}/tree')
          for number in range(11):
              path = f'{D}/tree/{number}'
              with open(path, 'wb') as file: file.write(os.urandom(1_000 if number else 20 << 20))
              os.chmod(path, 0o640); os.utime(path, (1e9, 1e9 + 2 * number))
          """)
        try await mount.sh(#"cd "$D/tree"; tar -cf ../tree.tar .; zip -q -0 -r ../tree.zip ."#)
        for (name, command) in Self.programs.sorted(by: { $0.key < $1.key }) {
          let before = try await mount.status()
          try await mount.sh(command)
          try await mount.expectDrained(within: 60)
          // Until the store knows what was set: what is a copy of its own comes last.
          try await mount.boto3(
            """
            deadline = time.monotonic() + 60
            for number in range(11):
                while True:
                    metadata = s3.head_object(Bucket=B, Key=f'{sys.argv[1]}/{number}')['Metadata']
                    if metadata.get('mode') == '33184' and float(metadata.get('mtime', 0)) == 1e9 + 2 * number: break
                    assert time.monotonic() < deadline, (number, metadata)
                    time.sleep(0.1)
            """, name)
          let after = try await mount.status()
          let copies = after.count("CopyObject") - before.count("CopyObject")
          // These set modes before the close and after it: the large file is told twice.
          let most = Self.files + (["install", "unzip"].contains(name) ? 1 : 0)
          #expect(copies <= (mode == "close" ? most : 0), "\(name): \(after.requests)")
          #expect(after.count("UploadPartCopy") == 0, "\(name): \(after.requests)")
        }
      }
    }
  }
}
