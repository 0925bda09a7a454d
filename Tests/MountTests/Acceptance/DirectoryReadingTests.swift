// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension SystemCalls {
  /// readdir(3) and its relatives, through the C library as programs use it.
  @Suite("Directories as they are read")
  struct DirectoryReadingTests {
    private static let prelude = """
      import ctypes
      libc = ctypes.CDLL(None, use_errno=True)
      class Dirent(ctypes.Structure):
          _fields_ = [('ino', ctypes.c_uint64), ('off', ctypes.c_int64), ('reclen', ctypes.c_uint16),
                      ('type', ctypes.c_uint8), ('name', ctypes.c_char * 256)]
      libc.opendir.restype = ctypes.c_void_p
      libc.readdir.argtypes = libc.telldir.argtypes = libc.rewinddir.argtypes = libc.closedir.argtypes = [ctypes.c_void_p]
      libc.readdir.restype = ctypes.POINTER(Dirent)
      libc.telldir.restype = ctypes.c_long
      libc.seekdir.argtypes = [ctypes.c_void_p, ctypes.c_long]

      class Reader:
          def __init__(self, path): self.stream = libc.opendir(path.encode())
          def next(self):
              entry = libc.readdir(self.stream)
              return (entry.contents.name.decode(), entry.contents.ino) if entry else None
          def rest(self):
              names = []
              while entry := self.next(): names.append(entry[0])
              return names
          def tell(self): return libc.telldir(self.stream)
          def seek(self, place): libc.seekdir(self.stream, place)
          def rewind(self): libc.rewinddir(self.stream)
          def close(self): libc.closedir(self.stream)


      """

    /// More than a page of a listing; what differs between stores is tested with fewer.
    /// SEMANTICS: listing, call-readdir
    @Test("Places, several readers, and names that come and go meanwhile")
    func reading() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared()) { mount in
        try mount.client.putMany(mount.bucket, prefix: "d/r", count: 1_050)
        try await mount.python(
          Self.prelude + """
            d = f'{M}/d'
            os.mkdir(f'{d}/sub')
            here = [os.open(f'{d}/local{number}', os.O_WRONLY | os.O_CREAT) for number in range(5)]
            for file in here: os.write(file, b'dirty')
            expected = sorted(['.', '..', 'sub'] + [f'local{n}' for n in range(5)] + [f'r{n:06}' for n in range(1050)])

            reader = Reader(d)
            places, order = [], []
            while True:
                place = reader.tell()
                entry = reader.next()
                if not entry: break
                places.append(place); order.append(entry[0])
            assert sorted(order) == expected, (len(order), set(order) ^ set(expected))
            for index in (700, 3, 1057, 0, 1, 2, 1049, 64, 1000, 1053):
                reader.seek(places[index])
                assert reader.next()[0] == order[index], index
                assert reader.rest() == order[index + 1:], index
            reader.rewind()
            assert reader.rest() == order
            assert reader.next() is None

            # Two streams, and two descriptors of one open directory, which share its place.
            first, second = Reader(d), Reader(d)
            seen = ([], [])
            while True:
                entries = first.next(), second.next()
                for names, entry in zip(seen, entries):
                    if entry: names.append(entry[0])
                if entries == (None, None): break
            assert sorted(seen[0]) == sorted(seen[1]) == expected
            first.close(); second.close()
            one = os.open(d, os.O_RDONLY); two = os.dup(one)
            buffer, names, turn = ctypes.create_string_buffer(4096), [], 0
            while size := libc.syscall(217, (one, two)[turn % 2], buffer, 4096):
                assert size > 0
                turn += 1
                position = 0
                while position < size:
                    length = int.from_bytes(buffer.raw[position + 16:position + 18], 'little')
                    names.append(buffer.raw[position + 19:position + length].split(b'\\0')[0].decode())
                    position += length
            assert turn > 5 and sorted(names) == expected, (turn, len(names))
            os.close(one); os.close(two)

            # What is made or removed while somebody reads.
            reader.rewind()
            seen = [reader.next()[0] for _ in range(100)]
            for number in range(50): os.close(os.open(f'{d}/made{number}', os.O_WRONLY | os.O_CREAT))
            gone = [name for name in expected if name.startswith('r') and name not in seen][::20]
            for name in gone: os.unlink(f'{d}/{name}')
            seen += reader.rest()
            assert len(seen) == len(set(seen)), 'twice'
            assert set(expected) - set(gone) <= set(seen) <= set(expected) | {f'made{n}' for n in range(50)}
            reader.rewind()
            assert not set(reader.rest()) & set(gone)
            reader.close()
            for file in here: os.close(file)
            assert set(os.listdir(d)) == set(expected) - set(gone) - {'.', '..'} | {f'made{n}' for n in range(50)}

            # Each is removed as it is read.
            for entry in os.scandir(d):
                (os.rmdir if entry.is_dir() else os.unlink)(entry.path)
            assert os.listdir(d) == []
            """)
        #expect(try mount.client.list(mount.bucket).map(\.key).filter { !$0.hasSuffix("/") } == [])
      }
    }

    /// SEMANTICS: inode-numbers
    @Test("Numbers of entries, and of the directory and the one above it", arguments: StoreKind.allCases)
    func numbers(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.putMany(mount.bucket, prefix: "a/b/f", count: 20)
        try await mount.python(
          Self.prelude + """
            def numbers(path):
                reader, found = Reader(path), {}
                while entry := reader.next(): found[entry[0]] = entry[1]
                reader.close()
                return found

            b = f'{M}/a/b'
            # A file that is open has one number; of others it lasts as long as the kernel remembers them.
            files = [(name, os.open(f'{b}/{name}', os.O_RDONLY)) for name in os.listdir(b)]
            place, above = os.open(b, os.O_RDONLY), os.open(f'{M}/a', os.O_RDONLY)
            number = {name: os.fstat(file).st_ino for name, file in files}
            number['.'], number['..'] = os.fstat(place).st_ino, os.fstat(above).st_ino
            assert len(set(number.values())) == 22, number
            found = numbers(b)
            assert found == number, (found, number)
            found = numbers(M)['.'], os.stat(M).st_ino
            assert found[0] == found[1], found
            os.mkdir(f'{M}/c'); above = os.open(f'{M}/c', os.O_RDONLY)
            os.rename(b, f'{M}/c/b')
            number['..'] = os.fstat(above).st_ino
            found = numbers(f'{M}/c/b')
            assert found == number, (found, number)
            """)
      }
    }

    /// SEMANTICS: call-mkdir
    @Test("A directory that another client has filled is not removed", arguments: StoreKind.allCases)
    func removing(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), "metadata-ttl=60") { mount in
        try await mount.sh(#"cd "$M"; mkdir -p full deep/below empty/sub; ls -R > /dev/null"#)
        try mount.client.put(mount.bucket, "full/theirs", "x")
        try mount.client.put(mount.bucket, "deep/below/far/theirs", "x")
        try await mount.python(
          """
          os.chdir(M)
          for path in ('full', 'deep/below', 'deep', 'empty'): assert attempt(os.rmdir, path) == 'ENOTEMPTY', path
          for path, expected in (('full/.', 'EINVAL'), ('.', 'EINVAL'), ('empty/sub/..', 'ENOTEMPTY'), (M, 'EBUSY')):
              assert attempt(os.rmdir, path) == expected, (path, attempt(os.rmdir, path))
          file = os.open('empty/sub/file', os.O_WRONLY | os.O_CREAT); os.write(file, b'only here')
          assert attempt(os.rmdir, 'empty/sub') == 'ENOTEMPTY'
          os.close(file); os.unlink('empty/sub/file'); os.rmdir('empty/sub'); os.rmdir('empty')
          """)
        #expect(try mount.client.get(mount.bucket, "full/theirs") == Array("x".utf8))
      }
    }
  }
}
