// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension SystemCalls {
  /// rename(2), case by case as its manual page has them.
  @Suite("rename")
  struct RenameTests {
    private static let prelude = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      NOREPLACE, EXCHANGE, WHITEOUT = 1, 2, 4
      os.chdir(M)

      def rename(old, new, flags=0):
          if libc.renameat2(-100, old.encode(), -100, new.encode(), flags):
              raise OSError(ctypes.get_errno(), 'renameat2')

      def write(path, text):
          with open(path, 'w') as file: file.write(text)


      """

    /// SEMANTICS: long-keys, rename-directory, rename-flags, permissions, call-access, call-rename
    @Test("Every error of the manual page, and nothing has moved after it", arguments: StoreKind.allCases)
    func errors(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), "allow_other") { mount in
        try await mount.python(
          Self.prelude + """
            for path in ('full/below', 'empty', 'source/sub', 'private', 'sticky'): os.makedirs(path)
            for path in ('full/entry', 'file', 'other', 'source/f', 'private/f', 'sticky/f', 'sticky/mine'): write(path, path)
            os.symlink('loop', 'loop'); os.symlink('file', 'link'); os.symlink('nowhere', 'dangling')
            os.chmod('sticky', 0o1777); os.chmod('private', 0o755)
            for path in ('private/f', 'sticky/mine'): os.chown(path, 65534, 65534)
            os.chown('sticky/f', 1, 1)
            long, deep = 'x' * 256, '/'.join(['deep' + 'y' * 240] * 4)
            os.makedirs(deep)
            os.mkdir('wide'); write('wide/' + 'z' * 200, 'z')

            def tree():
                return sorted(os.path.join(place, name) for place, below, names in os.walk('.') for name in below + names)

            before = tree()
            table = [
              ('ENOENT', 'missing', 'x'), ('ENOENT', 'file', 'missing/x'), ('ENOENT', '', 'x'), ('ENOENT', 'file', ''),
              ('ENOENT', 'dangling/x', 'x'),
              ('ENOTDIR', 'file/x', 'y'), ('ENOTDIR', 'file', 'other/x'), ('ENOTDIR', 'source', 'file'),
              ('ENOTDIR', 'source', 'link'), ('ENOTDIR', 'file', 'new/'), ('ENOTDIR', 'file/', 'new'),
              ('EISDIR', 'file', 'empty'), ('EISDIR', 'link', 'empty'), ('EISDIR', 'file', 'full'),
              ('ENOTEMPTY', 'source', 'full'), ('ENOTEMPTY', 'empty', 'full'), ('ENOTEMPTY', 'source/sub', 'source'),
              ('EBUSY', 'file', '.'),
              ('EINVAL', 'source', 'source/sub/x'), ('EINVAL', 'source', 'source/sub'), ('EINVAL', 'source', 'source/x'),
              ('EBUSY', '.', 'x'), ('EBUSY', 'source/..', 'x'), ('EBUSY', 'source', 'source/.'),
              ('ENAMETOOLONG', 'file', long), ('ENAMETOOLONG', long, 'x'), ('ENAMETOOLONG', 'source', 'full/' + long),
              ('ENAMETOOLONG', 'file', deep + '/' + 'z' * 200), ('ENAMETOOLONG', 'wide', deep + '/w'),
              ('ELOOP', 'loop/x', 'x'), ('ELOOP', 'file', 'loop/x'), ('EXDEV', 'file', D + '/x'), ('EXDEV', 'source', D + '/x'),
              ('EEXIST', 'file', 'other', NOREPLACE), ('EEXIST', 'file', 'file', NOREPLACE),
              ('EEXIST', 'source', 'empty', NOREPLACE), ('EEXIST', 'file', 'empty', NOREPLACE),
              ('EEXIST', 'source', 'file', NOREPLACE), ('EEXIST', 'file', 'dangling', NOREPLACE),
              ('EINVAL', 'file', 'other', EXCHANGE), ('EINVAL', 'source', 'empty', EXCHANGE),
              ('EINVAL', 'file', 'other', EXCHANGE | NOREPLACE), ('EINVAL', 'file', 'x', WHITEOUT),
              ('EINVAL', 'file', 'x', 64),
            ]
            for expected, *arguments in table:
                # Where keys may be longer than Amazon's.
                if sys.argv[1] == 'ministack' and arguments[1].startswith(deep): continue
                found = attempt(rename, *arguments)
                assert found == expected, (arguments, found, expected)
            assert tree() == before, set(tree()) ^ set(before)

            os.setegid(65534); os.seteuid(65534)
            table = [
              ('EACCES', 'private/f', 'private/g'), ('EACCES', 'private/f', 'sticky/g'), ('EACCES', 'sticky/mine', 'private/g'),
              ('EPERM', 'sticky/f', 'sticky/g'), ('EPERM', 'sticky/mine', 'sticky/f'),
            ]
            for expected, *arguments in table:
                found = attempt(rename, *arguments)
                assert found == expected, (arguments, found, expected)
            rename('sticky/mine', 'sticky/still mine')
            os.seteuid(0)
            assert sorted(os.listdir('sticky')) == ['f', 'still mine'] and os.listdir('private') == ['f']
            """, store == .ministack ? "ministack" : "others")
      }
    }

    /// SEMANTICS: rename-file, call-rename
    @Test("What replaces what, and who stays who", arguments: StoreKind.allCases)
    func replacing(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.python(
          Self.prelude + """
            for path in ('a', 'b', 'target', 'c'): write(path, path)
            for path in ('empty', 'other', 'source/sub'): os.makedirs(path)
            write('source/f', 'f')
            os.symlink('b', 'link'); os.symlink('c', 'second')

            number = os.stat('a').st_ino
            rename('a', 'b'); assert read('b') == b'a' and os.stat('b').st_ino == number
            rename('b', 'b'); assert read('b') == b'a' and os.stat('b').st_ino == number
            # A link in the way is replaced, not followed; and a link goes as itself.
            rename('target', 'link'); assert read('link') == b'target' and not os.path.islink('link') and read('b') == b'a'
            rename('second', 'b'); assert os.readlink('b') == 'c' and read('b') == b'c'
            assert not os.path.lexists('second')
            number = os.stat('source').st_ino
            rename('source', 'empty'); assert os.stat('empty').st_ino == number
            assert sorted(os.listdir('empty')) == ['f', 'sub'] and not os.path.exists('source')
            rename('empty', 'empty'); rename('empty', 'other/'); rename('other', 'new/', NOREPLACE)
            assert read('new/f') == b'f' and os.listdir('new/sub') == []
            rename('c', 'd', NOREPLACE); assert read('d') == b'c'
            assert sorted(os.listdir('.')) == ['b', 'd', 'link', 'new'], os.listdir('.')
            """)
        #expect(
          try await mount.boto3("print(sorted(key for key in keys() if not key.endswith('/')))")
            == "['b', 'd', 'link', 'new/f']")
      }
    }

    /// SEMANTICS: rename-waits, call-rename
    @Test("Whoever is in a directory that moves, or has something open there, goes on", arguments: StoreKind.allCases)
    func users(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.put(mount.bucket, "here/inner/theirs", "theirs")
        try await mount.python(
          Self.prelude + """
            write('here/inner/closed', 'closed')
            dirty = os.open('here/inner/dirty', os.O_RDWR | os.O_CREAT); os.write(dirty, b'before, ')
            base = os.open('here/inner/closed', os.O_RDWR); os.pwrite(base, b'C', 0)
            reader = os.open('here/inner/theirs', os.O_RDONLY)
            clean = os.open('here/inner/clean', os.O_RDWR | os.O_CREAT); os.write(clean, b'x'); os.fsync(clean)
            place = os.open('here/inner', os.O_RDONLY)
            os.chdir('here/inner')
            os.rename(f'{M}/here', f'{M}/there')
            assert os.getcwd() == f'{M}/there/inner', os.getcwd()
            assert sorted(os.listdir('.')) == sorted(os.listdir(place)) == ['clean', 'closed', 'dirty', 'theirs']
            assert os.read(reader, 10) == b'theirs'
            os.write(dirty, b'after'); assert os.pread(dirty, 100, 0) == b'before, after'
            os.close(dirty); os.close(base)
            assert read('dirty') == b'before, after' and read('closed') == b'Closed'
            write('relative', 'r'); os.mkdir('below'); os.rename('relative', 'below/relative')
            inside = os.open('at', os.O_WRONLY | os.O_CREAT, dir_fd=place); os.write(inside, b'at'); os.close(inside)
            # Up and out, while it is the current directory; then within it.
            os.rename(f'{M}/there/inner', f'{M}/out')
            assert os.getcwd() == f'{M}/out' and read('at') == b'at'
            os.pwrite(clean, b'yz', 1); os.close(clean); assert read('clean') == b'xyz'
            os.rename('../out/at', 'below/at')
            os.close(place); os.close(reader)
            """)
        #expect(
          try await mount.boto3(
            "print([(key, s3.get_object(Bucket=B, Key=key)['Body'].read()) for key in sorted(keys()) if key[-1] != '/'])"
          )
            == "[('out/below/at', b'at'), ('out/below/relative', b'r'), ('out/clean', b'xyz'), ('out/closed', b'Closed'), "
            + "('out/dirty', b'before, after'), ('out/theirs', b'theirs')]")
      }
    }

    /// SEMANTICS: rename-directory, directory-attributes
    @Test("Directories keep their attributes when they move", arguments: StoreKind.allCases)
    func markers(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try await mount.sh(
          #"""
          cd "$M"; mkdir -p d/sub/deep; chmod 700 d; chmod 1750 d/sub; chown 12:34 d/sub
          touch -d '2001-02-03 04:05:06 UTC' d/sub/deep; mv d e
          stat -c '%a %u %g' e e/sub; stat -c %Y e/sub/deep
          """#)
        let seen = try await mount.sh(
          #"cd "$M"; stat -c '%a' e; stat -c '%a %u %g' e/sub; stat -c %Y e/sub/deep"#)
        #expect(seen == "700\n1750 12 34\n981173106")
        guard store.keepsDirectoryAttributes else { return }
        // What we do not know of goes along, too.
        try await mount.boto3("s3.put_object(Bucket=B, Key='x/y/', Metadata={'color': 'blue', 'mode': '16832'})")
        try await mount.sh(#"cd "$M"; mv x z; mv e f"#)
        #expect(
          try await mount.boto3(
            """
            for key in ('z/y/', 'f/', 'f/sub/', 'f/sub/deep/'):
                print(sorted(s3.head_object(Bucket=B, Key=key)['Metadata'].items()))
            """) == """
              [('color', 'blue'), ('mode', '16832')]
              [('mode', '16832')]
              [('gid', '34'), ('mode', '17384'), ('uid', '12')]
              [('mtime', '981173106.000000000')]
              """)
        try await mount.remountWithEmptyCache()
        #expect(
          try await mount.sh(
            #"cd "$M"; stat -c '%a' f; stat -c '%a %u %g' f/sub; stat -c %Y f/sub/deep; stat -c %a z/y"#)
            == "700\n1750 12 34\n981173106\n700")
      }
    }

    /// At moments that are parts of the time that a rename takes. Every step by itself: DirectoryRenameCrashTests.
    /// SEMANTICS: rename-crash
    @Test("A daemon that is killed during the rename of a directory: the next mount has one tree, with every byte")
    func killed() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared()) { mount in
        try mount.client.putMany(mount.bucket, prefix: "a/", count: 400, size: 10)
        let duration = try await mount.python(
          "begin = time.monotonic(); os.rename(f'{M}/a', f'{M}/b'); print(time.monotonic() - begin)")
        for part in [0.1, 0.5, 0.9] {
          let delay = (Double(duration) ?? 1) * part
          try await mount.python(
            """
            pid, old, delay = int(sys.argv[1]), os.listdir(M)[0], float(sys.argv[2])
            file = os.open(f'{M}/{old}/open', os.O_RDWR | os.O_CREAT); os.ftruncate(file, 0); os.write(file, b'acknowledged')
            child = os.fork()
            if child == 0:
                attempt(os.rename, f'{M}/{old}', f'{M}/' + ('a' if old == 'b' else 'b'))
                os._exit(0)
            time.sleep(delay)
            os.kill(pid, 9)
            os.waitpid(child, 0)
            """, "\(mount.daemonPID)", "\(delay)")
          try await mount.sh(#"umount -l "$M""#)
          try await mount.expectGone()
          try await mount.mount()
          try await mount.python(
            """
            names = os.listdir(M)
            assert len(names) == 1, names
            inside = os.listdir(f'{M}/{names[0]}')
            assert len(inside) == len(set(inside)) == 401, len(inside)
            assert read(f'{M}/{names[0]}/open') == b'acknowledged'
            assert all(len(read(f'{M}/{names[0]}/{name}')) == 10 for name in inside[:400:40] if name != 'open')
            """)
          try await mount.expectDrained()
          let keys = try mount.client.list(mount.bucket).map(\.key).filter { !$0.hasSuffix("/") }
          #expect(keys.count == 401 && Set(keys.map { $0.prefix(2) }).count == 1)
        }
      }
    }
  }
}
