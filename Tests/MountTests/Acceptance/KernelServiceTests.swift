// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension SystemCalls {
  @Suite("What the kernel does by itself")
  struct KernelServiceTests {
    /// SEMANTICS: locks, call-locks, call-inotify
    @Test("Locks hold between processes, inotify tells of local changes, /proc and lsof name open files")
    func services() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.python(
          """
          import ctypes, fcntl, struct, subprocess
          path = f'{M}/file'
          with open(path, 'w') as file: file.write('0123456789')
          def other(call):
              program = f'import fcntl, sys; f = open(sys.argv[1], "r+"); fcntl.{call}; print("got it")'
              return subprocess.run([sys.executable, '-c', program, path], capture_output=True, text=True)
          file = open(path, 'r+')
          for (take, free, busy, elsewhere) in [
              (lambda: fcntl.flock(file, fcntl.LOCK_EX), lambda: fcntl.flock(file, fcntl.LOCK_UN),
               'flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)', None),
              (lambda: fcntl.lockf(file, fcntl.LOCK_EX, 4, 2), lambda: fcntl.lockf(file, fcntl.LOCK_UN, 4, 2),
               'lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 2, 5)', 'lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 2, 6)')]:
              take()
              assert 'BlockingIOError' in other(busy).stderr
              assert elsewhere is None or other(elsewhere).stdout == 'got it\\n'
              free()
              assert other(busy).stdout == 'got it\\n'

          assert os.readlink(f'/proc/self/fd/{file.fileno()}') == path
          names = subprocess.run(['lsof', '-w', '-F', 'n', '-p', str(os.getpid())], capture_output=True, text=True).stdout
          assert f'n{path}\\n' in names, names
          file.close()

          c = ctypes.CDLL(None, use_errno=True)
          watch = c.inotify_init1(os.O_NONBLOCK)
          # IN_CLOSE_WRITE, IN_MOVED_TO, IN_CREATE, IN_DELETE
          assert c.inotify_add_watch(watch, M.encode(), 0x8 | 0x80 | 0x100 | 0x200) > 0
          with open(f'{M}/new', 'w') as new: new.write('x')
          os.rename(f'{M}/new', f'{M}/renamed'); os.unlink(f'{M}/renamed')
          buffer, seen = os.read(watch, 4096), []
          while buffer:
              _, mask, _, length = struct.unpack('iIII', buffer[:16])
              seen.append((mask, buffer[16:16 + length].rstrip(b'\\0')))
              buffer = buffer[16 + length:]
          assert seen == [(0x100, b'new'), (0x8, b'new'), (0x80, b'renamed'), (0x200, b'renamed')], seen
          """)
      }
    }
  }
}
