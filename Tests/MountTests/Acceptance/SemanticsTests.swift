// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension SystemCalls {
  /// What docs/SEMANTICS.md says and no other test of a whole mount shows.
  @Suite("Small promises of docs/SEMANTICS.md")
  struct SemanticsTests {
    /// SEMANTICS: odd-names, listing, symbolic-links
    @Test("Keys that are no names are hidden, a directory hides an object, links of others are what they are")
    func names() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.boto3(
          """
          for key in ('odd//name', 'odd/' + 'n' * 256, 'odd/shown', 'clash', 'clash/below', 'x.rclonelink', 'types/small'):
              s3.put_object(Bucket=B, Key=key, Body=b'bytes')
          s3.put_object(Bucket=B, Key='types/large', Body=b'x' * 5000)
          s3.put_object(Bucket=B, Key='marked', Body=b'x' * 5000, Metadata={'mode': '41471'})
          """)
        try await mount.python(
          """
          import ctypes
          assert os.path.islink(f'{M}/marked') and attempt(os.readlink, f'{M}/marked') == 'EIO'
          assert not os.path.islink(f'{M}/x.rclonelink') and read(f'{M}/x.rclonelink') == b'bytes'
          assert os.listdir(f'{M}/odd') == ['shown'], os.listdir(f'{M}/odd')
          assert os.listdir(f'{M}/clash') == ['below'], os.listdir(f'{M}/clash')
          assert sorted(os.listdir(M)) == ['clash', 'marked', 'odd', 'types', 'x.rclonelink'], os.listdir(M)

          class Dirent(ctypes.Structure):
              _fields_ = [('ino', ctypes.c_uint64), ('off', ctypes.c_int64), ('reclen', ctypes.c_uint16),
                          ('type', ctypes.c_uint8), ('name', ctypes.c_char * 256)]
          libc = ctypes.CDLL(None)
          libc.opendir.restype = ctypes.c_void_p
          libc.readdir.argtypes = libc.closedir.argtypes = [ctypes.c_void_p]
          libc.readdir.restype = ctypes.POINTER(Dirent)
          stream, types = libc.opendir(f'{M}/types'.encode()), {}
          while entry := libc.readdir(stream): types[entry.contents.name.decode()] = entry.contents.type
          libc.closedir(stream)
          # DT_UNKNOWN is 0, DT_DIR 4, DT_REG 8.
          assert types == {'.': 4, '..': 4, 'small': 0, 'large': 8}, types
          """)
        try await eventually("the log counts what is hidden") {
          try String(contentsOfFile: mount.logFile, encoding: .utf8).contains("cannot be file names and are hidden")
        }
      }
    }

    /// SEMANTICS: one-version, pages-kept, unlinked-open, errno-not-found, errno-stale, call-read, call-unlink
    @Test("An open object that another client replaces or deletes; pages of one that stays; a name that is replaced")
    func reading() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.boto3(
          """
          for key in ('replaced', 'deleted', 'kept', 'target'): s3.put_object(Bucket=B, Key=key, Body=key.encode())
          replaced, deleted = os.open(f'{M}/replaced', os.O_RDONLY), os.open(f'{M}/deleted', os.O_RDONLY)
          s3.put_object(Bucket=B, Key='replaced', Body=b'by somebody else'); s3.delete_object(Bucket=B, Key='deleted')
          assert attempt(os.read, replaced, 10) == 'ESTALE'
          assert attempt(os.read, deleted, 10) == 'ENOENT'
          os.close(replaced); os.close(deleted)
          assert read(f'{M}/kept') == b'kept'
          """)
        let before = try await mount.requests("GetObject")
        try await mount.python("for _ in range(3): assert read(f'{M}/kept') == b'kept'")
        #expect(try await mount.requests("GetObject") == before)
        try await mount.python(
          """
          reader = os.open(f'{M}/target', os.O_RDONLY)
          os.rename(f'{M}/kept', f'{M}/target')
          assert os.read(reader, 10) == b'target' and read(f'{M}/target') == b'kept'
          os.close(reader)
          """)
      }
    }

    /// SEMANTICS: stored-attributes, mtime, ctime-atime, xattr-headers
    @Test("Only what differs from the defaults is stored; times of objects and of changes; headers")
    func attributes() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.boto3(
          """
          s3.put_object(Bucket=B, Key='theirs', Body=b'x')
          found = os.stat(f'{M}/theirs')
          modified = s3.head_object(Bucket=B, Key='theirs')['LastModified'].timestamp()
          assert int(found.st_mtime) == int(modified) and found.st_atime == found.st_mtime, (found, modified)

          os.umask(0o022)
          path = f'{M}/plain'
          with open(path, 'w') as file: file.write('x')
          metadata = s3.head_object(Bucket=B, Key='plain')['Metadata']
          assert set(metadata) == {'mtime'}, metadata

          def moves(action, after=path):
              before = os.stat(path).st_ctime_ns
              time.sleep(0.01)
              action()
              assert os.stat(after).st_ctime_ns > before, (action, after)
          def append():
              with open(path, 'a') as file: file.write('y')
          moves(lambda: os.chmod(path, 0o600))
          moves(append)
          moves(lambda: os.rename(path, f'{M}/renamed'), f'{M}/renamed')
          os.utime(f'{M}/renamed', (5, 7))
          assert read(f'{M}/renamed') == b'xy'
          found = os.stat(f'{M}/renamed')
          assert (found.st_atime, found.st_mtime) == (5, 7), found

          file = os.open(f'{M}/headers', os.O_WRONLY | os.O_CREAT); os.write(file, b'x')
          os.setxattr(file, 'user.content_language', b'de'); os.setxattr(file, 'user.content_encoding', b'x-none')
          os.close(file)
          head = s3.head_object(Bucket=B, Key='headers')
          assert head['ContentLanguage'] == 'de' and head['ContentEncoding'] == 'x-none', head
          """)
      }
    }

    /// SEMANTICS: permissions, errno-too-large, call-open, call-write, call-sync, call-copy, call-stat, call-symlink
    /// SEMANTICS: call-ioctl, call-poll, call-refused
    @Test("Calls that differ from a local disk, and what they return instead")
    func calls() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.boto3(
          """
          import ctypes, fcntl, select, subprocess
          libc = ctypes.CDLL(None, use_errno=True)
          path = f'{M}/file'
          file = os.open(path, os.O_RDWR | os.O_CREAT)
          os.write(file, b'synced')
          assert libc.syncfs(file) == 0 and list(keys()) == []
          assert attempt(os.open, M, os.O_TMPFILE | os.O_RDWR) == 'ENOTSUP'  # Linux: the number of EOPNOTSUPP
          copy = os.open(f'{M}/copy', os.O_RDWR | os.O_CREAT)
          assert os.sendfile(copy, file, 0, 100) == 6 and os.pread(copy, 10, 0) == b'synced'

          FICLONE, FS_IOC_GETFLAGS, TCGETS = 0x40049409, 0x80086601, 0x5401
          assert attempt(fcntl.ioctl, copy, FICLONE, file) == 'ENOTSUP'
          for request in (FS_IOC_GETFLAGS, TCGETS): assert attempt(fcntl.ioctl, file, request, bytes(64)) == 'ENOTTY'
          both = select.POLLIN | select.POLLOUT
          poll = select.poll(); poll.register(file, both)
          assert poll.poll(0) == [(file, both)]
          assert select.select([file], [file], [], 0)[:2] == ([file], [file])

          os.ftruncate(file, 1 << 20)
          assert os.fstat(file).st_blocks == 2048
          birth = subprocess.run(['stat', '-c', '%W', path], capture_output=True, text=True, check=True).stdout
          assert birth.strip() in ('0', '-'), birth
          assert attempt(os.ftruncate, file, 1 << 60) == 'EFBIG' == attempt(os.pwrite, file, b'x', 1 << 60)

          os.symlink('t' * 4095, f'{M}/link')
          assert os.readlink(f'{M}/link') == 't' * 4095
          assert attempt(os.symlink, 't' * 4096, f'{M}/longer') == 'ENAMETOOLONG'
          flags = os.statvfs(M).f_flag
          assert flags & os.ST_NOSUID and flags & os.ST_NODEV
          assert attempt(os.setxattr, path, 'system.posix_acl_access', bytes([2, 0, 0, 0])) == 'ENOTSUP'
          # quotactl_fd(2), Q_GETFMT.
          assert libc.syscall(443, file, 0x800004 << 8, 0, ctypes.create_string_buffer(64)) == -1
          assert ctypes.get_errno() == errno.ENOSYS
          os.close(copy); os.close(file)
          """)
      }
    }
  }
}
