// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension Acceptance {
  @Suite("What a close costs")
  struct CloseTests {
    /// SEMANTICS: close-publishes, parts-while-written, attributes-travel, call-close
    @Test("A small file is one PutObject", arguments: StoreKind.allCases)
    func small(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          """
          file = os.open(f'{M}/small', os.O_WRONLY | os.O_CREAT)
          for part in range(100): os.write(file, b'x' * 1000)
          os.fchmod(file, 0o600)
          os.close(file)
          """)
        let status = try await mount.status()
        #expect(status.count("PutObject") == 1)
        #expect(status.count("CreateMultipartUpload") == 0)
        #expect(status.count("UploadPart") == 0)
        #expect(status.count("CopyObject") == 0)
        #expect(try mount.client.get(mount.bucket, "small") == [UInt8](repeating: UInt8(ascii: "x"), count: 100_000))
      }
    }

    /// SEMANTICS: parts-while-written
    @Test("A large file's parts are sent while it is written", arguments: StoreKind.allCases)
    func large(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(#"head -c 67108864 /dev/urandom > "$D/source""#)
        let writer = mount.background(
          """
          source = open(f'{D}/source', 'rb')
          file = os.open(f'{M}/large', os.O_WRONLY | os.O_CREAT)
          for part in range(48): os.write(file, source.read(1 << 20))
          pause('middle')
          while piece := source.read(1 << 20): os.write(file, piece)
          os.close(file)
          """)
        try await writer.reached("middle")
        try await eventually(within: .seconds(20), "a part is sent") { try await mount.requests("UploadPart") > 0 }
        #expect(try await mount.requests("CompleteMultipartUpload") == 0)
        #expect(try mount.client.head(mount.bucket, "large") == nil)
        try writer.proceed("middle")
        try await writer.output()
        let status = try await mount.status()
        #expect(status.count("UploadPart") == 8)
        // ministack refuses the checksum of a whole object, which a mount finds out once.
        #expect(status.count("CompleteMultipartUpload") == (store == .ministack ? 2 : 1))
        #expect(status.count("PutObject") == 0)
        let sum = try await mount.sh(#"sha256sum < "$D/source" | cut -c1-64"#)
        #expect(try mount.client.head(mount.bucket, "large", hashing: true)?.sha256 == sum)
      }
    }

    /// SEMANTICS: opener-publishes
    @Test("A shell's redirection publishes once, with the content", arguments: StoreKind.allCases)
    func redirection(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(#"sh -c 'echo x > "$M/builtin"'"#)
        #expect(try mount.client.get(mount.bucket, "builtin") == Array("x\n".utf8))
        #expect(try await mount.requests("PutObject") == 1)
        try await mount.sh(#"sh -c '/bin/echo y > "$M/program"'"#)
        #expect(try mount.client.get(mount.bucket, "program") == Array("y\n".utf8))
        #expect(try await mount.requests("PutObject") == 2)
        try await mount.sh(#"sh -c '{ echo 1; /bin/echo 2; echo 3; } > "$M/group"'"#)
        #expect(try mount.client.get(mount.bucket, "group") == Array("1\n2\n3\n".utf8))
        try await mount.sh(#"bash -c 'echo z > "$M/bash"; : > "$M/empty"'"#)
        #expect(try mount.client.get(mount.bucket, "bash") == Array("z\n".utf8))
        #expect(try mount.client.get(mount.bucket, "empty") == [])
      }
    }

    /// SEMANTICS: opener-publishes
    @Test("The end of a forked child publishes no half-written file", arguments: StoreKind.allCases)
    func fork(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          """
          file = os.open(f'{M}/forked', os.O_WRONLY | os.O_CREAT)
          os.write(file, b'first half, ')
          if os.fork() == 0: os._exit(0)
          os.wait()
          import subprocess
          subprocess.run(['true'], pass_fds=[file], check=True)
          open(f'{D}/half', 'w').close()
          os.write(file, b'second half')
          os.close(file)
          """)
        #expect(try await mount.requests("PutObject") == 1)
        #expect(try mount.client.get(mount.bucket, "forked") == Array("first half, second half".utf8))
      }
    }
  }
}
