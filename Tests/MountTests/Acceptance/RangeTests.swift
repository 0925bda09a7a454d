// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension SystemCalls {
  @Suite("Ranges of files: holes, copies, maps, direct access")
  struct RangeTests {
    /// SEMANTICS: fallocate, call-fallocate
    @Test("fallocate: reserve, punch, zero, and what is not there", arguments: StoreKind.allCases)
    func fallocate(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          Self.prelude + """
            KEEP, PUNCH, COLLAPSE, ZERO, INSERT, UNSHARE = 1, 2, 8, 16, 32, 64
            text = bytes(range(1, 251)) * 40
            file = os.open(f'{M}/file', os.O_RDWR | os.O_CREAT)
            os.write(file, text)
            fallocate(file, 0, 5_000, 1_000)
            assert os.pread(file, 20_000, 0) == text
            fallocate(file, KEEP, 10_000, 5_000)
            assert os.fstat(file).st_size == 10_000
            before = os.fstat(file)
            fallocate(file, PUNCH | KEEP, 100, 800); fallocate(file, PUNCH | KEEP, 9_900, 800)
            expected = text[:100] + bytes(800) + text[900:9_900] + bytes(100)
            assert os.pread(file, 20_000, 0) == expected
            assert os.fstat(file).st_mtime_ns > before.st_mtime_ns and os.fstat(file).st_ctime_ns > before.st_ctime_ns
            fallocate(file, ZERO | KEEP, 9_000, 5_000); fallocate(file, ZERO, 2_000, 10)
            expected = expected[:2_000] + bytes(10) + expected[2_010:9_000] + bytes(1_000)
            assert os.pread(file, 20_000, 0) == expected
            fallocate(file, ZERO, 9_999, 11); expected += bytes(10)
            fallocate(file, 0, 0, 11_000); expected += bytes(990)
            os.posix_fallocate(file, 11_000, 1_000); expected += bytes(1_000)
            assert os.pread(file, 20_000, 0) == expected
            for mode in (COLLAPSE, INSERT, UNSHARE, COLLAPSE | KEEP):
                assert attempt(fallocate, file, mode, 0, 4_096) == 'ENOTSUP'
            assert attempt(fallocate, file, 0, 0, 0) == 'EINVAL' == attempt(fallocate, file, 0, -1, 5)
            assert attempt(fallocate, file, 0, 0, 1 << 60) == 'EFBIG'
            reader = os.open(f'{M}/file', os.O_RDONLY)
            assert attempt(fallocate, reader, 0, 0, 5) == 'EBADF'
            os.close(reader); os.close(file)
            assert read(f'{M}/file') == expected
            with open(f'{D}/expected', 'wb') as copy: copy.write(expected)
            """)
        let expected = try Data(contentsOf: URL(fileURLWithPath: mount.scratch + "/expected"))
        #expect(try mount.client.get(mount.bucket, "file") == Array(expected))
      }
    }

    /// SEMANTICS: seek-hole, call-lseek
    @Test("SEEK_DATA and SEEK_HOLE, and copies of sparse files")
    func holes() async throws {
      try await LiveMount.use(SeaweedFS.shared()) { mount in
        try mount.client.put(mount.bucket, "theirs", String(repeating: "x", count: 100_000))
        try await mount.python(
          Self.prelude + """
            reader = os.open(f'{M}/theirs', os.O_RDONLY)
            assert os.lseek(reader, 5, os.SEEK_DATA) == 5 and os.lseek(reader, 5, os.SEEK_HOLE) == 100_000
            assert attempt(os.lseek, reader, 100_000, os.SEEK_DATA) == 'ENXIO'
            assert attempt(os.lseek, reader, 100_000, os.SEEK_HOLE) == 'ENXIO'
            file = os.open(f'{M}/sparse', os.O_RDWR | os.O_CREAT)
            os.truncate(file, 1 << 20); os.pwrite(file, b'd' * 65_536, 262_144)
            assert os.lseek(file, 0, os.SEEK_HOLE) == 0 and os.lseek(file, 0, os.SEEK_DATA) == 262_144
            assert os.lseek(file, 262_144, os.SEEK_HOLE) == 327_680
            assert attempt(os.lseek, file, 400_000, os.SEEK_DATA) == 'ENXIO'
            fallocate(file, 2 | 1, 278_528, 16_384)
            assert os.lseek(file, 262_144, os.SEEK_HOLE) == 278_528 and os.lseek(file, 278_528, os.SEEK_DATA) == 294_912
            os.close(file)
            """)
        try await mount.sh(
          """
          cp --sparse=always "$M/sparse" "$M/copy"; cmp "$M/sparse" "$M/copy"
          tar -cSf "$D/tar" -C "$M" copy theirs; mkdir "$M/out"; tar -xSf "$D/tar" -C "$M/out"
          cmp "$M/sparse" "$M/out/copy"; cmp "$M/theirs" "$M/out/theirs"
          """)
      }
    }

    /// SEMANTICS: copy-by-store, call-copy
    @Test("cp of a large object moves no byte", arguments: StoreKind.allCases)
    func copying(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(#"head -c 10000000 /dev/urandom > "$D/large"; head -c 300000 "$D/large" > "$D/small""#)
        try mount.client.put(mount.bucket, "large", file: mount.scratch + "/large")
        try mount.client.put(mount.bucket, "small", file: mount.scratch + "/small")
        try mount.client.put(mount.bucket, "existing", "existing")
        try await mount.sh(
          """
          cp "$M/large" "$M/new"
          touch -d @1000000000 "$M/new"; cp -p "$M/new" "$M/kept"
          """)
        let after = try await mount.status().requests
        #expect(after["GetObject"] == nil && after["PutObject"] == nil && after["UploadPart"] == nil)
        #expect(after["CopyObject"] ?? 0 >= 2)
        // More may come behind it, as with `cat a b > existing`: what is there stays until close.
        let program = mount.background(
          """
          source, target = os.open(f'{M}/large', os.O_RDONLY), os.open(f'{M}/existing', os.O_WRONLY | os.O_TRUNC)
          while os.copy_file_range(source, target, 1 << 30): pass
          pause('copied')
          os.close(target)
          """)
        try await program.reached("copied")
        #expect(try mount.client.get(mount.bucket, "existing") == Array("existing".utf8))
        try program.proceed("copied")
        try await program.output()
        try await mount.sh(#"cmp "$D/large" "$M/existing""#)
        #expect(try await mount.sh(#"stat -c %Y "$M/kept""#) == "1000000000")
        // The kernel's own copy: small, of a part, into what is there, of a file that is being changed.
        try await mount.python(
          """
          large = read(f'{D}/large')
          def copy(source, target, *arguments):
              done = 0
              while True:
                  count = os.copy_file_range(source, target, *arguments)
                  done += count
                  if count == 0 or len(arguments) > 1: return done
          source = os.open(f'{M}/large', os.O_RDWR)
          target = os.open(f'{M}/mixed', os.O_RDWR | os.O_CREAT | os.O_EXCL)
          assert os.copy_file_range(source, target, 1_000_000, 5_000_000, 100) == 1_000_000
          assert os.pread(target, 2_000_000, 0) == bytes(100) + large[5_000_000:6_000_000]
          os.pwrite(source, b'changed', 7)
          changed = large[:7] + b'changed' + large[14:]
          os.truncate(target, 0); os.lseek(source, 0, 0); os.lseek(target, 0, 0)
          assert copy(source, target, 1 << 30) == len(large)
          assert os.pread(target, 100, 0) == changed[:100]
          os.close(target); os.close(source)
          assert read(f'{M}/mixed') == changed == read(f'{M}/large')
          """)
        try await mount.sh(#"cp "$M/small" "$M/small2"; cmp "$D/small" "$M/small2""#)
        try await mount.remountWithEmptyCache()
        for name in ["new", "existing", "kept"] { try await mount.sh(#"cmp "$D/large" "$M/$1""#, name) }
        try await mount.sh(#"cmp "$D/small" "$M/small2"; cmp "$M/large" "$M/mixed""#)
        #expect(try await mount.sh(#"stat -c %Y "$M/kept""#) == "1000000000")
      }
    }

    /// SEMANTICS: maps, call-fsync
    @Test(
      "Shared maps are published, also what is stored after close; private ones are not",
      arguments: ["write-back=close", "write-back=delayed,write-back-delay=0.1s"])
    func maps(mode: String) async throws {
      try await LiveMount.use(SeaweedFS.shared(), mode) { mount in
        try mount.client.put(mount.bucket, "private", String(repeating: "p", count: 10_000))
        try await mount.python(
          """
          import mmap
          def opened(name, size):
              file = os.open(f'{M}/{name}', os.O_RDWR | os.O_CREAT)
              os.truncate(file, size)
              return file
          file = opened('shared', 10_000)
          shared = mmap.mmap(file, 10_000)
          shared[0:5] = b'first'
          shared.flush()
          assert os.pread(file, 5, 0) == b'first'
          os.pwrite(file, b'second', 5_000)
          assert shared[5_000:5_006] == b'second'
          os.close(file)
          shared[9_990:10_000] = b'afterclose'
          shared.close()

          file = opened('late', 4_096)
          late = mmap.mmap(file, 4_096)
          os.close(file)
          late[100:104] = b'late'
          late.flush()
          late[200:205] = b'later'
          late.close()

          file = os.open(f'{M}/private', os.O_RDONLY)
          private = mmap.mmap(file, 10_000, access=mmap.ACCESS_COPY)
          private[0:4] = b'mine'
          assert os.pread(file, 4, 0) == b'pppp' and private[:6] == b'minepp'
          private.close(); os.close(file)
          """)
        var (shared, late) = ([UInt8](repeating: 0, count: 10_000), [UInt8](repeating: 0, count: 4_096))
        for (text, place) in [("first", 0), ("second", 5_000), ("afterclose", 9_990)] {
          shared.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
        }
        for (text, place) in [("late", 100), ("later", 200)] {
          late.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
        }
        // The kernel tells of the last use behind the end of the call.
        try await eventually(within: .seconds(20), "the bucket has what was stored after close \(mount.logTail)") {
          (try? mount.client.get(mount.bucket, "late")) == late
            && (try? mount.client.get(mount.bucket, "shared")) == shared
        }
        try await mount.expectDrained()
        #expect(try mount.client.get(mount.bucket, "private") == [UInt8](repeating: UInt8(ascii: "p"), count: 10_000))
      }
    }

    /// SEMANTICS: maps, df, call-statfs
    @Test("O_DIRECT, and the free space")
    func direct() async throws {
      try await LiveMount.use(SeaweedFS.shared()) { mount in
        try await mount.sh(#"head -c 3000000 /dev/urandom > "$D/file""#)
        try await mount.sh(
          """
          dd if="$D/file" of="$M/file" bs=4096 oflag=direct status=none
          dd if="$M/file" of="$D/copy" bs=65536 iflag=direct status=none; cmp "$D/file" "$D/copy"
          """)
        try await mount.python(
          """
          import mmap
          block = mmap.mmap(-1, 8_192); block[:] = b'd' * 8_192
          file = os.open(f'{M}/file', os.O_RDWR | os.O_DIRECT)
          assert os.pwritev(file, [block], 4_096) == 8_192
          other = os.open(f'{M}/file', os.O_RDWR)
          os.pwrite(other, b'buffered', 4_096)
          assert os.preadv(file, [block], 4_096) == 8_192 and block[:10] == b'buffereddd'
          os.close(other); os.close(file)
          space = os.statvfs(M)
          assert 0 < space.f_bavail <= space.f_bfree <= space.f_blocks and space.f_bavail * space.f_frsize >= 1 << 50
          assert 0 < space.f_favail <= space.f_ffree <= space.f_files
          """)
        try await mount.remountWithEmptyCache()
        try await mount.python(
          """
          expected = read(f'{D}/file')
          expected = expected[:4_096] + b'buffered' + b'd' * 8_184 + expected[12_288:]
          assert read(f'{M}/file') == expected
          """)
        try await mount.sh(#"df "$M" > "$D/df"; df -i "$M" >> "$D/df"; test "$(wc -l < "$D/df")" = 4"#)
      }
    }

    private static let prelude = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      libc.fallocate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64]

      def fallocate(file, mode, offset, length):
          if libc.fallocate(file, mode, offset, length): raise OSError(ctypes.get_errno(), 'fallocate')


      """
  }
}
