// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension SystemCalls {
  @Suite("What programs expect of a file system")
  struct PosixTests {
    /// SEMANTICS: local-copy, truncate-publishes, call-write
    @Test("Append, truncate and writes in the middle of an existing object", arguments: StoreKind.allCases)
    func changing(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        for name in ["append", "down", "up", "middle", "opened"] {
          try mount.client.put(mount.bucket, name, "0123456789")
        }
        try await mount.python(
          """
          with open(f'{M}/append', 'ab') as file: file.write(b'ab')
          os.truncate(f'{M}/down', 4)
          os.truncate(f'{M}/up', 12)
          with open(f'{M}/middle', 'r+b') as file: file.seek(3); file.write(b'XYZ')
          with open(f'{M}/opened', 'r+b') as file: file.truncate(2); file.seek(5); file.write(b'!')
          """)
        let expected = [
          "append": "0123456789ab", "down": "0123", "up": "0123456789\0\0", "middle": "012XYZ6789",
          "opened": "01\0\0\0!",
        ]
        for (name, text) in expected {
          #expect(try mount.client.get(mount.bucket, name) == Array(text.utf8), "\(name)")
          #expect(
            try await mount.python("print(read(f'{M}/' + sys.argv[1]))", name)
              == "b'\(text)'".replacingOccurrences(of: "\0", with: "\\x00"))
        }
      }
    }

    /// SEMANTICS: local-copy
    @Test("A few bytes changed in a large object", arguments: StoreKind.allCases)
    func changingLarge(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(#"head -c 41943040 /dev/urandom > "$D/large""#)
        try mount.client.put(mount.bucket, "large", file: mount.scratch + "/large")
        try await mount.python(
          """
          for path in (f'{D}/large', f'{M}/large'):
              with open(path, 'r+b') as file: file.seek(20_000_000); file.write(b'changed')
          """)
        try await mount.sh(#"cmp "$D/large" "$M/large""#)
        let sum = try await mount.sh(#"sha256sum < "$D/large" | cut -c1-64"#)
        #expect(try mount.client.head(mount.bucket, "large", hashing: true)?.sha256 == sum)
      }
    }

    /// SEMANTICS: call-rename
    @Test("Rename: file over file, a directory with content, an open file", arguments: StoreKind.allCases)
    func renaming(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          """
          def write(path, text):
              with open(f'{M}/{path}', 'w') as file: file.write(text)
          write('new', 'new'); write('old', 'old')
          os.rename(f'{M}/new', f'{M}/old')
          assert read(f'{M}/old') == b'new' and not os.path.exists(f'{M}/new')

          os.makedirs(f'{M}/from/sub/empty')
          for number in range(20): write(f'from/sub/{number}', f'{number}')
          write('from/top', 'top')
          os.rename(f'{M}/from', f'{M}/to')
          assert not os.path.exists(f'{M}/from')
          assert sorted(os.listdir(f'{M}/to')) == ['sub', 'top']
          assert len(os.listdir(f'{M}/to/sub')) == 21 and os.listdir(f'{M}/to/sub/empty') == []
          assert read(f'{M}/to/sub/7') == b'7'
          write('file', 'x')
          assert attempt(os.rename, f'{M}/to', f'{M}/file') == 'ENOTDIR'
          assert attempt(os.rename, f'{M}/file', f'{M}/to') == 'EISDIR'
          os.mkdir(f'{M}/free'); os.rename(f'{M}/to', f'{M}/free')
          assert attempt(os.rename, f'{M}/free', f'{M}/free/sub/below') == 'EINVAL'

          file = os.open(f'{M}/open', os.O_RDWR | os.O_CREAT)
          os.write(file, b'before, ')
          os.rename(f'{M}/open', f'{M}/opened')
          os.write(file, b'after')
          assert os.pread(file, 100, 0) == b'before, after'
          os.close(file)
          reader = os.open(f'{M}/opened', os.O_RDONLY)
          os.rename(f'{M}/opened', f'{M}/renamed')
          assert os.read(reader, 100) == b'before, after'
          os.close(reader)
          """)
        #expect(
          try await mount.boto3("print(sorted(key for key in keys() if not key.endswith('/') and '/sub/' not in key))")
            == "['file', 'free/top', 'old', 'renamed']")
        #expect(try mount.client.get(mount.bucket, "renamed") == Array("before, after".utf8))
        #expect(try mount.client.get(mount.bucket, "free/sub/19") == Array("19".utf8))
      }
    }

    /// SEMANTICS: unlinked-open, call-unlink
    @Test("An unlinked open file goes on and is never published", arguments: StoreKind.allCases)
    func unlinking(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.put(mount.bucket, "theirs", "of the bucket")
        try await mount.python(
          """
          new = os.open(f'{M}/new', os.O_RDWR | os.O_CREAT)
          os.write(new, b'written')
          os.unlink(f'{M}/new')
          assert not os.path.exists(f'{M}/new')
          os.write(new, b' and more')
          assert os.pread(new, 100, 0) == b'written and more'
          assert os.fstat(new).st_nlink == 0 and os.fstat(new).st_size == 16
          os.close(new)
          reader = os.open(f'{M}/theirs', os.O_RDONLY)
          os.unlink(f'{M}/theirs')
          assert os.read(reader, 100) == b'of the bucket'
          os.close(reader)
          assert os.listdir(M) == []
          """)
        #expect(try mount.client.list(mount.bucket) == [])
        #expect(try await mount.requests("PutObject") == 0)
        #expect(try await mount.status().pending_count == 0)
      }
    }

    /// SEMANTICS: directories, call-mkdir
    @Test("Directories: empty ones stay, full ones are not removed, trees go", arguments: StoreKind.allCases)
    func directories(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.put(mount.bucket, "implicit/only", "x")
        try await mount.sh(
          """
          cd "$M"
          mkdir empty full; touch full/entry
          ! rmdir full 2>"$D/message"; grep -q 'not empty' "$D/message"
          ! mkdir full 2>/dev/null
          rm full/entry; test -d full; test -z "$(ls -A full)"
          rm implicit/only; test -d implicit
          mkdir -p tree/a/b tree/c; for name in 1 2 3; do echo x > "tree/a/b/$name"; ln -s nowhere "tree/c/$name"; done
          rm -rf tree; test ! -e tree
          """)
        try await mount.unmount()
        try await mount.mount()
        #expect(try await mount.sh(#"ls -A "$M"; ls -A "$M/empty""#) == "empty\nfull\nimplicit")
        try await mount.sh(#"rmdir "$M/empty" "$M/full" "$M/implicit"; test -z "$(ls -A "$M")""#)
        #expect(try mount.client.list(mount.bucket) == [])
      }
    }

    /// SEMANTICS: stored-attributes, directory-attributes, symbolic-links, hard-links, call-chmod, call-link
    /// SEMANTICS: call-symlink
    @Test("Links, modes, owners and times survive a remount; hard links are refused", arguments: StoreKind.allCases)
    func attributes(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(
          """
          cd "$M"
          echo x > file; ln -s 'täрget/with space' link; mkdir dir
          chmod 640 file; chown 12345:54321 file; touch -d '1999-12-31 23:59:59.123456789 UTC' file
          chmod 700 dir
          """)
        try await mount.python(
          """
          assert attempt(os.link, f'{M}/file', f'{M}/hard') == 'ENOTSUP'  # Linux: the same number as EOPNOTSUPP
          assert not os.path.exists(f'{M}/hard')
          """)
        try await mount.unmount()
        try await mount.mount()
        #expect(try await mount.sh(#"readlink "$M/link""#) == "täрget/with space")
        #expect(
          try await mount.sh(#"TZ=UTC stat -c '%a %u %g %y' "$M/file""#)
            == "640 12345 54321 1999-12-31 23:59:59.123456789 +0000")
        #expect(try await mount.sh(#"stat -c %a "$M/dir""#) == "700")
        let head = try #require(try mount.client.head(mount.bucket, "file"))
        // The form of s3fs: 0100640 in decimal.
        #expect(head.metadata["mode"] == "33184")
        #expect(head.metadata["uid"] == "12345")
        #expect(head.metadata["gid"] == "54321")
        #expect(head.metadata["mtime"] == "946684799.123456789")
        #expect(try mount.client.get(mount.bucket, "file") == Array("x\n".utf8))
        #expect(try await mount.sh(#"df --output=fstype "$M" | tail -n 1"#).contains("pail"))
        let free = try await mount.sh(#"df -B1 --output=avail "$M" | tail -n 1"#)
        #expect(Int64(free.filter(\.isNumber)) ?? 0 > 1 << 40)
      }
    }

    /// SEMANTICS: call-open
    @Test("Two handles of a file, and two processes that append", arguments: StoreKind.allCases)
    func sharing(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          """
          first = os.open(f'{M}/two', os.O_RDWR | os.O_CREAT)
          second = os.open(f'{M}/two', os.O_RDWR)
          os.pwrite(first, b'aaaa', 0); os.pwrite(second, b'bb', 4)
          assert os.pread(first, 10, 0) == b'aaaabb' == os.pread(second, 10, 0)
          os.close(first)
          os.pwrite(second, b'cc', 6)
          os.close(second)
          assert read(f'{M}/two') == b'aaaabbcc'

          import multiprocessing
          def append(letter):
              for line in range(200):
                  file = os.open(f'{M}/log', os.O_WRONLY | os.O_APPEND | os.O_CREAT)
                  os.write(file, letter * 99 + b'\\n')
                  os.write(file, letter * 49 + b'\\n')
                  if line % 50 == 49: os.fsync(file)
                  os.close(file)
          keeper = os.open(f'{M}/log', os.O_WRONLY | os.O_CREAT)
          with multiprocessing.Pool(2) as pool: pool.map(append, [b'x', b'y'], 1)
          os.close(keeper)
          lines = read(f'{M}/log').split(b'\\n')
          assert sorted(map(len, lines)) == [0] + [49] * 400 + [99] * 400, len(lines)
          assert all(len(set(line)) <= 1 for line in lines)
          """, timeLimit: 240)
        #expect(try mount.client.get(mount.bucket, "two") == Array("aaaabbcc".utf8))
        #expect(try mount.client.head(mount.bucket, "log")?.contentLength == 60_000)
      }
    }

    @Test("An editor's save: write beside, sync, rename over", arguments: StoreKind.allCases)
    func editor(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.put(mount.bucket, "text.txt", "before")
        try await mount.python(
          """
          path = f'{M}/text.txt'
          # As vim does: a probe for the name, a swap file, a backup by rename, then the new file.
          probe = os.open(f'{M}/4913', os.O_CREAT | os.O_EXCL | os.O_WRONLY); os.close(probe); os.unlink(f'{M}/4913')
          swap = os.open(f'{M}/.text.txt.swp', os.O_RDWR | os.O_CREAT | os.O_EXCL); os.write(swap, b'swap'); os.fsync(swap)
          os.rename(path, path + '~')
          with open(path, 'w') as file: file.write('after'); file.flush(); os.fsync(file.fileno())
          os.chmod(path, 0o600)
          os.unlink(path + '~'); os.close(swap); os.unlink(f'{M}/.text.txt.swp')
          # As most others do.
          with open(path + '.tmp', 'w') as file: file.write('after all'); file.flush(); os.fsync(file.fileno())
          os.rename(path + '.tmp', path)
          assert os.listdir(M) == ['text.txt'], os.listdir(M)
          assert read(path) == b'after all'
          """)
        #expect(try mount.client.list(mount.bucket).map(\.key) == ["text.txt"])
        #expect(try mount.client.get(mount.bucket, "text.txt") == Array("after all".utf8))
        #expect(try mount.client.head(mount.bucket, "text.txt")?.contentType == "text/plain")
      }
    }
  }
}
