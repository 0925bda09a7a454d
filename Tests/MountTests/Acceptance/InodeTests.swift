// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension SystemCalls {
  @Suite("What stat(2) tells")
  struct InodeTests {
    /// SEMANTICS: special-files, call-mknod
    @Test("Pipes, sockets and devices work, are objects, and survive a remount", arguments: StoreKind.allCases)
    func specialFiles(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), "allow_other") { mount in
        try await mount.python(
          """
          import socket, threading
          os.mkfifo(f'{M}/pipe', 0o640)
          def write():
              with open(f'{M}/pipe', 'w') as file: file.write('through the pipe')
          writer = threading.Thread(target=write); writer.start()
          assert read(f'{M}/pipe') == b'through the pipe'; writer.join()

          server = socket.socket(socket.AF_UNIX); server.bind(f'{M}/socket'); server.listen()
          client = socket.socket(socket.AF_UNIX); client.connect(f'{M}/socket')
          client.close(); server.close()

          os.mknod(f'{M}/null', 0o666 | stat.S_IFCHR, os.makedev(1, 3))
          os.mknod(f'{M}/disk', 0o600 | stat.S_IFBLK, os.makedev(259, 70_000))
          # The kernel does not open devices of a mount that anybody may fill.
          assert attempt(open, f'{M}/null') == 'EACCES'
          assert attempt(os.mkfifo, f'{M}/pipe') == 'EEXIST'
          os.mkfifo(f'{M}/gone'); os.rename(f'{M}/gone', f'{M}/moved'); os.unlink(f'{M}/moved')
          """)
        try await mount.unmount()
        try await mount.mount(["allow_other"])
        try await mount.python(
          """
          kinds = {entry.name: stat.S_IFMT(entry.stat(follow_symlinks=False).st_mode) for entry in os.scandir(M)}
          assert kinds == {'pipe': stat.S_IFIFO, 'socket': stat.S_IFSOCK, 'null': stat.S_IFCHR, 'disk': stat.S_IFBLK}
          assert oct(os.stat(f'{M}/pipe').st_mode) == '0o10640'
          assert os.stat(f'{M}/null').st_rdev == os.makedev(1, 3)
          assert os.stat(f'{M}/disk').st_rdev == os.makedev(259, 70_000)
          """)
        #expect(try await mount.sh(#"find "$M" -type p -printf '%f'"#) == "pipe")
        // s3fs' mode, and rclone's form of a device's number.
        let head = try #require(try mount.client.head(mount.bucket, "null"))
        #expect(head.metadata["mode"] == "8612" && head.metadata["rdev"] == "103" && head.contentLength == 0)
      }
    }

    /// SEMANTICS: directory-times, link-count
    @Test("An entry that is made, moved or removed moves the times and the links of its directory")
    func directoryTimes() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try mount.client.put(mount.bucket, "theirs/sub/file", "x")
        try await mount.python(
          """
          os.mkdir(f'{M}/d'); os.mkdir(f'{M}/other')
          def moves(action, *directories):
              before = [os.stat(f'{M}/{each}') for each in directories]
              time.sleep(0.01)
              action()
              for old, each in zip(before, directories):
                  now = os.stat(f'{M}/{each}')
                  assert now.st_mtime_ns > old.st_mtime_ns and now.st_ctime_ns > old.st_ctime_ns, (action, each)
          moves(lambda: open(f'{M}/d/f', 'w').close(), 'd')
          moves(lambda: os.mkdir(f'{M}/d/sub'), 'd')
          moves(lambda: os.symlink('f', f'{M}/d/link'), 'd')
          moves(lambda: os.mkfifo(f'{M}/d/pipe'), 'd')
          moves(lambda: os.rename(f'{M}/d/f', f'{M}/other/f'), 'd', 'other')
          moves(lambda: os.rename(f'{M}/d/sub', f'{M}/other/sub'), 'd', 'other')
          moves(lambda: os.unlink(f'{M}/d/pipe'), 'd')
          moves(lambda: os.rmdir(f'{M}/other/sub'), 'other')
          # Past the time that attributes are believed, and a time that somebody sets.
          time.sleep(1.2)
          moves(lambda: os.unlink(f'{M}/d/link'), 'd')
          kept = os.stat(f'{M}/d').st_mtime_ns
          time.sleep(1.2)
          assert os.stat(f'{M}/d').st_mtime_ns == kept
          os.utime(f'{M}/d', (5, 5))
          time.sleep(1.2)
          assert os.stat(f'{M}/d').st_mtime == 5

          links = lambda path: os.stat(f'{M}/{path}').st_nlink
          assert links('d') == 2
          os.makedirs(f'{M}/d/a/b'); os.mkdir(f'{M}/d/c')
          assert links('d') == 4 and links('d/a') == 3
          os.rename(f'{M}/d/c', f'{M}/d/a/c'); assert links('d') == 3 and links('d/a') == 4
          # 1: nobody has counted yet.
          assert links('theirs') == 1
          assert os.listdir(f'{M}/theirs') == ['sub']
          time.sleep(1.2)
          assert links('theirs') == 3
          """)
      }
    }

    /// SEMANTICS: permissions
    @Test("What is made in a directory with the set-group-ID bit belongs to its group")
    func groups() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared(), "allow_other") { mount in
        try await mount.python(
          """
          os.mkdir(f'{M}/team'); os.chown(f'{M}/team', 0, 4321); os.chmod(f'{M}/team', 0o2775)
          open(f'{M}/team/file', 'w').close(); os.mkdir(f'{M}/team/sub'); os.symlink('x', f'{M}/team/link')
          for name in ('file', 'sub', 'link'): assert os.lstat(f'{M}/team/{name}').st_gid == 4321, name
          assert os.stat(f'{M}/team/sub').st_mode & 0o2000 and not os.stat(f'{M}/team/file').st_mode & 0o2000
          """)
      }
    }

    /// SEMANTICS: inode-numbers, call-stat
    @Test("A name has the same inode number each time, in listings too, and a renamed file keeps its own")
    func numbers() async throws {
      try await LiveMount.use(StoreKind.seaweedFS.shared()) { mount in
        for name in ["a", "b", "d/c"] { try mount.client.put(mount.bucket, name, name) }
        try await mount.python(
          """
          listed = {entry.name: entry.inode() for entry in os.scandir(M)}
          found = {name: os.stat(f'{M}/{name}').st_ino for name in ('a', 'b', 'd', 'd/c')}
          assert all(listed[name] == found[name] for name in listed), (listed, found)
          assert len(set(found.values())) == 4
          os.rename(f'{M}/a', f'{M}/d/moved')
          open(f'{M}/a', 'w').close()
          assert os.stat(f'{M}/d/moved').st_ino == found['a'] != os.stat(f'{M}/a').st_ino
          time.sleep(1.2)
          # Makes the kernel forget what it knows of this mount, and of no other.
          import subprocess
          subprocess.run(['mount', '-i', '-o', 'remount', M], check=True)
          assert os.stat(f'{M}/d/moved').st_ino == found['a'] != os.stat(f'{M}/a').st_ino
          assert os.stat(f'{M}/b').st_ino == found['b'] and os.stat(f'{M}/d/c').st_ino == found['d/c']
          """)
      }
    }
  }
}
