// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import VFS

extension MountedTests {
  /// Single system calls and their errors, made by Python, whose `os` module passes them on as they are.
  @Suite struct SystemCallTests {
    /// Runs `body` in the mount; `fails(call, *arguments)` is the name of the errno of an `os` function, or None.
    private func output(of body: String, on files: MemoryFileSystem = MemoryFileSystem()) async throws -> String {
      let prelude = """
        import ctypes, errno, fcntl, mmap, os, stat, sys
        def fails(call, *arguments, **named):
          try: call(*arguments, **named)
          except OSError as error: return errno.errorcode[error.errno]
        def make(name, content=b""):
          with open(name, "wb") as file: file.write(content)
        libc = ctypes.CDLL(None, use_errno=True)
        def c(name, *arguments):
          if getattr(libc, name)(*arguments) < 0: raise OSError(ctypes.get_errno(), name)

        """
      return try await TestMount.with(files) { mount in
        let outcome = try await Shell.run("/usr/bin/python3", ["-I", "-c", prelude + body], in: mount.path)
        #expect(outcome.error == "")
        return outcome.output
      }
    }

    /// SEMANTICS: odd-names, long-keys
    @Test func namesAreBytesOfUTF8() async throws {
      let output = try await output(
        of: """
          for name in [b"with space", "日本語".encode(), b"e\\xcc\\x81", b"\\xc3\\xa9", b"x" * 255, b"a\\nb", b"-f", b"..."]:
            make(name, name)
            assert open(name, "rb").read() == name
          print(len(os.listdir(b".")))
          for name in [b"x" * 256, b"x" * 1000, b"\\xff", b"caf\\xe9", b"\\xc0\\xaf"]:
            print(fails(os.stat, name), fails(os.mkdir, name), fails(os.rename, b"-f", name), fails(os.unlink, name))
          print(fails(os.symlink, b"\\xff", "link"))
          """)
      #expect(
        output == """
          8
          ENAMETOOLONG ENAMETOOLONG ENAMETOOLONG ENAMETOOLONG
          ENAMETOOLONG ENAMETOOLONG ENAMETOOLONG ENAMETOOLONG
          EILSEQ EILSEQ EILSEQ EILSEQ
          EILSEQ EILSEQ EILSEQ EILSEQ
          EILSEQ EILSEQ EILSEQ EILSEQ
          EILSEQ

          """)
    }

    @Test func errorsArriveAsThrown() async throws {
      let output = try await output(
        of: """
          make("file"); os.mkdir("dir"); make("dir/child")
          print(fails(os.stat, "none"), fails(os.mkdir, "dir"), fails(os.rmdir, "dir"), fails(os.rmdir, "file"))
          print(fails(os.unlink, "dir"), fails(os.open, "file", os.O_CREAT | os.O_EXCL), fails(os.rename, "dir", "file"))
          print(fails(os.rename, "file", "dir"), fails(os.readlink, "file"), fails(os.mkfifo, "fifo"))
          """)
      #expect(output == "ENOENT EEXIST ENOTEMPTY ENOTDIR\nEISDIR EEXIST ENOTDIR\nEISDIR EINVAL EPERM\n")
    }

    /// What is not supported is refused such that programs fall back.
    @Test func refusesWhatIsNotSupported() async throws {
      let output = try await output(
        of: """
          make("file", b"x" * 100000)
          one = os.open("file", os.O_RDWR); two = os.open("other", os.O_RDWR | os.O_CREAT)
          print(fails(os.link, "file", "second"), fails(fcntl.ioctl, one, 0x5401), fails(c, "fallocate", one, 0, 0, 10))
          # The kernel copies itself; a file is all data; poll says ready; locks work locally.
          print(os.copy_file_range(one, two, 100000), os.fstat(two).st_size)
          print(os.lseek(one, 0, os.SEEK_DATA), os.lseek(one, 0, os.SEEK_HOLE))
          fcntl.flock(one, fcntl.LOCK_EX); fcntl.lockf(one, fcntl.LOCK_EX)
          print(fails(fcntl.flock, os.open("file", os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB))
          os.posix_fallocate(two, 0, 200000); print(os.fstat(two).st_size)
          """)
      #expect(output == "ENOTSUP ENOTTY ENOTSUP\n100000 100000\n0 100000\nEAGAIN\n200000\n")
    }

    @Test func renamesWithFlags() async throws {
      let output = try await output(
        of: """
          make("a", b"a"); make("b", b"b")
          rename = lambda old, new, flags: c("renameat2", -100, old, -100, new, flags)
          print(fails(rename, b"a", b"b", 1), fails(rename, b"a", b"b", 2), fails(rename, b"a", b"c", 1))
          os.rename("c", "b"); print(sorted(os.listdir(".")), open("b").read())
          """)
      #expect(output == "EEXIST EINVAL None\n['b'] a\n")
    }

    @Test func changesAttributes() async throws {
      let output = try await output(
        of: """
          make("file", b"12345")
          os.chown("file", 12, 34); os.chmod("file", 0o4751); os.utime("file", ns=(1_000_000_001, 2_000_000_002))
          s = os.stat("file"); print(oct(s.st_mode), s.st_uid, s.st_gid, s.st_atime_ns, s.st_mtime_ns, s.st_size)
          os.chown("file", -1, 56); os.truncate("file", 3); s = os.stat("file"); print(s.st_uid, s.st_gid, s.st_size)
          os.utime("file"); now = os.stat("file").st_mtime; import time; print(abs(now - time.time()) < 5)
          descriptor = os.open("file", os.O_RDWR); os.ftruncate(descriptor, 9); print(os.fstat(descriptor).st_size)
          v = os.statvfs("."); print(v.f_bsize, v.f_frsize, v.f_blocks, v.f_bavail, v.f_namemax)
          os.umask(0o027); os.mkdir("dir", 0o777); make("new"); print(oct(os.stat("dir").st_mode), oct(os.stat("new").st_mode))
          """)
      #expect(
        output == """
          0o104751 12 34 1000000001 2000000002 5
          12 56 3
          True
          9
          4096 4096 268435456 134217728 255
          0o40750 0o100640

          """)
    }

    /// SEMANTICS: call-refused
    @Test func extendedAttributes() async throws {
      let output = try await output(
        of: """
          make("file")
          os.setxattr("file", "user.a", b"one"); os.setxattr("file", "user.empty", b""); print(os.listxattr("file"))
          print(os.getxattr("file", "user.a"), os.getxattr("file", "user.empty"), fails(os.getxattr, "file", "user.none"))
          print(fails(os.setxattr, "file", "user.a", b"", os.XATTR_CREATE), fails(os.setxattr, "file", "user.b", b"", os.XATTR_REPLACE))
          os.setxattr("file", "user.a", b"two", os.XATTR_REPLACE); os.setxattr("file", "user.c", b"3", os.XATTR_CREATE)
          print(os.getxattr("file", "user.a"), fails(os.setxattr, "file", "user.d", b"", 3))
          big = bytes(65536); os.setxattr("file", "user.big", big); print(os.getxattr("file", "user.big") == big)
          print(fails(os.setxattr, "file", "user.big", big + b"x"))
          small = ctypes.create_string_buffer(2); print(fails(c, "getxattr", b"file", b"user.a", small, 2))
          print(libc.getxattr(b"file", b"user.a", None, 0), libc.listxattr(b"file", None, 0), fails(c, "listxattr", b"file", small, 2))
          os.removexattr("file", "user.a"); print(fails(os.removexattr, "file", "user.a"), os.listxattr("file"))
          print(fails(os.getxattr, "file", "system.posix_acl_access"), fails(os.getxattr, "file", "security.capability"), fails(os.getxattr, "file", "security.selinux"))
          print(fails(os.setxattr, "file", "security.capability", bytes.fromhex("0100000200000000000000000000000000000000")))
          """)
      #expect(
        output == """
          ['user.a', 'user.empty']
          b'one' b'' ENODATA
          EEXIST ENODATA
          b'two' EINVAL
          True
          E2BIG
          ERANGE
          3 34 ERANGE
          ENODATA ['user.empty', 'user.c', 'user.big']
          ENOTSUP ENOTSUP ENOTSUP
          ENOTSUP

          """)
    }

    @Test func mapsFilesIntoMemory() async throws {
      let output = try await output(
        of: """
          make("file", b"0123456789" * 100000)
          with open("file", "r+b") as file:
            shared = mmap.mmap(file.fileno(), 0); print(shared[999990:], shared.find(b"90", 500000))
            shared[500000:500003] = b"abc"; shared.flush(); shared.close()
          with open("file", "rb") as file: file.seek(499999); print(file.read(5))
          """)
      #expect(output == "b'0123456789' 500009\nb'9abc3'\n")
    }

    @Test func openFilesOutliveTheirName() async throws {
      let files = MemoryFileSystem()
      let output = try await output(
        of: """
          descriptor = os.open("file", os.O_RDWR | os.O_CREAT); os.write(descriptor, b"kept"); os.unlink("file")
          print(os.listdir("."), os.pread(descriptor, 10, 0), os.fstat(descriptor).st_nlink)
          """, on: files)
      #expect(output == "[] b'kept' 0\n")
    }

    /// O_TRUNC is part of open: a setattr would show a program that truncates as one that changes attributes.
    /// SEMANTICS: call-open
    @Test func truncatesWithOpen() async throws {
      let files = MemoryFileSystem { operation, _ in operation == .setattr ? .EPERM : nil }
      let output = try await output(
        of: """
          make("file", b"long content"); make("file", b"new"); print(open("file").read())
          print(fails(os.truncate, "file", 1))
          """, on: files)
      #expect(output == "new\nEPERM\n")
    }

    @Test(arguments: [
      (MemoryFileSystem.Operation.flush, VFS.Errno.EDQUOT, "open(\"new\", \"w\").close()", "EDQUOT"),
      (.fsync, .EIO, "os.fsync(os.open(\"new\", os.O_CREAT | os.O_RDWR))", "EIO"),
      (.write, .ENOSPC, "os.write(os.open(\"new\", os.O_CREAT | os.O_RDWR), b\"x\")", "ENOSPC"),
      (.read, .ESTALE, "make(\"new\", b\"x\"); os.read(os.open(\"new\", os.O_RDONLY), 1)", "ESTALE"),
      (.create, .EACCES, "make(\"new\")", "EACCES"),
      (.readdir, .ETIMEDOUT, "os.listdir(\".\")", "ETIMEDOUT"),
    ])
    func faultsReachTheCaller(
      _ operation: MemoryFileSystem.Operation, _ error: VFS.Errno, _ statement: String, _ expected: String
    ) async throws {
      let files = MemoryFileSystem { found, _ in found == operation ? error : nil }
      let output = try await output(of: "def run():\n  \(statement)\nprint(fails(run))", on: files)
      #expect(output == expected + "\n")
    }

    /// POSIX: a write by another user clears the set-user-ID bit. The kernel does it, since the file system does not.
    /// SEMANTICS: permissions
    @Test func writingClearsTheSetUserIDBit() async throws {
      let files = MemoryFileSystem()
      try await TestMount.with(files, options: ["default_permissions", "allow_other"]) { mount in
        let outcome = try await Shell.script(
          """
          printf a > program; chmod 4777 program; stat -c %a program
          setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'printf b >> program'
          stat -c %a program; cat program
          """, in: mount.path)
        #expect(outcome.error == "")
        #expect(outcome.output == "4777\n777\nab")
      }
    }

    /// SEMANTICS: permissions, call-access
    @Test func permissionsAreCheckedByTheKernel() async throws {
      try await TestMount.with(MemoryFileSystem(), options: ["default_permissions", "allow_other"]) { mount in
        let outcome = try await Shell.script(
          "umask 077; echo secret > file; setpriv --reuid=65534 --regid=65534 --clear-groups cat file || echo refused",
          in: mount.path)
        #expect(outcome.output == "refused\n")
        #expect(outcome.error == "cat: file: Permission denied\n")
      }
    }
  }
}
