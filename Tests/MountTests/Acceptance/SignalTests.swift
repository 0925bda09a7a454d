// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension AcceptanceFailures {
  @Suite("Signals to programs that wait for a silent store")
  struct SignalTests {
    /// Starts one process for each action, each ready to do it; `blocked` waits until all are at it, `end` sends a signal and
    /// says how they ended and how long the last one took.
    private static let driver = """
      import signal, subprocess
      # Each in a directory of its own: the kernel lets one at a time look up a name in a directory.
      def start(action, directory):
          os.mkdir(directory)
          program = 'import os, signal, sys\\nP = sys.argv[1]\\n' + action.replace('GO', 'print(flush=True); sys.stdin.readline()')
          return subprocess.Popen([sys.executable, '-c', program, directory], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
      def go(processes):
          for process in processes: process.stdin.write('\\n'); process.stdin.flush()
      def place(process): return open(f'/proc/{process.pid}/wchan').read()
      def blocked(processes):
          deadline = time.monotonic() + 30
          while not all(place(process) in ['request_wait_answer', 'folio_wait_bit_common'] for process in processes):
              assert time.monotonic() < deadline, list(map(place, processes))
              time.sleep(0.02)
      def end(processes, number):
          begin = time.monotonic()
          for process in processes: process.send_signal(number)
          codes = [process.wait(timeout=60) for process in processes]
          return codes, time.monotonic() - begin

      """

    /// SEMANTICS: signals-stop, killed-program
    @Test("^C, SIGTERM and SIGKILL end what waits for a silent store, within a second; no byte is lost")
    func stopping() async throws {
      let server = try await StoreKind.seaweedFS.start()
      try await LiveMount.use(server, "metadata-ttl=60s") { mount in
        try mount.client.put(mount.bucket, "seen", "x")
        let driver = mount.background(
          Self.driver + """
            read_seen = 'f = os.open(f"{P}/../seen", os.O_RDONLY); GO; os.read(f, 10)'
            actions = [
              'GO; os.stat(f"{P}/unknown")',
              'GO; os.listdir(P)',
              'GO; os.open(f"{P}/unknown", os.O_RDONLY)',
              'f = os.open(f"{P}/close", os.O_WRONLY | os.O_CREAT); os.write(f, b"closed"); GO; os.close(f)',
              'f = os.open(f"{P}/sync", os.O_WRONLY | os.O_CREAT); os.write(f, b"synced"); GO; os.fsync(f)',
              # Nobody closes it but the end of the program.
              'f = os.open(f"{P}/end", os.O_WRONLY | os.O_CREAT); os.write(f, b"ended"); GO; os.stat(f"{P}/unknown")',
              'open(f"{P}/name", "w").close(); GO; os.rename(f"{P}/name", f"{P}/unknown")',
              read_seen,
              # Python calls its handler, and reads again if that does not end the program.
              'signal.signal(signal.SIGINT, lambda *a: os._exit(7)); ' + read_seen,
            ]
            groups = {}
            for number in [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]:
                groups[number] = [start(action, f'{M}/{number}-{index}') for index, action in enumerate(actions)]
                for process in groups[number]: process.stdout.readline()
            for index in range(3): os.mkdir(f'{M}/{index}')
            pause('ready')
            for number, processes in groups.items():
                go(processes); blocked(processes)
                codes, took = end(processes, number)
                expected = [-number] * 8 + [7 if number == signal.SIGINT else -number]
                assert codes == expected, (number, codes, [process.stderr.read() for process in processes])
                assert took < 3, took
            for command in ['cat "$M/0/unknown"', 'ls "$M/1"', 'cp "$D/source" "$M/2/copy"']:
                process = subprocess.Popen(['sh', '-c', 'exec ' + command])
                blocked([process])
                codes, took = end([process], signal.SIGINT)
                assert codes == [-signal.SIGINT] and took < 3, (command, codes, took)
            """)
        try await mount.sh(#"echo copied > "$D/source""#)
        try await driver.reached("ready")
        do {
          try await BlockingWork.run { try server.pause() }
          defer { try? server.resume() }
          try driver.proceed("ready")
          try await driver.output()
        }
        try await mount.expectDrained(within: 60)
        for number in [2, 9, 15] {
          #expect(try mount.client.get(mount.bucket, "\(number)-3/close") == Array("closed".utf8))
          #expect(try mount.client.get(mount.bucket, "\(number)-4/sync") == Array("synced".utf8))
          #expect(try mount.client.get(mount.bucket, "\(number)-5/end") == Array("ended".utf8))
          #expect(try mount.client.head(mount.bucket, "\(number)-6/name") != nil)
        }
      }
    }

    /// SEMANTICS: signals-others
    @Test("A timer's signals disturb nothing: no call fails with EINTR")
    func timers() async throws {
      let server = try await StoreKind.seaweedFS.start()
      try await LiveMount.use(server) { mount in
        for name in ["one", "two", "full/1", "full/2"] { try mount.client.put(mount.bucket, name, "12345") }
        // Python tries again by itself what fails with EINTR; the C library does not.
        let program = mount.background(
          """
          import ctypes, signal
          c = ctypes.CDLL(None, use_errno=True)
          c.opendir.restype = c.readdir.restype = ctypes.c_void_p
          c.opendir.argtypes = [ctypes.c_char_p]; c.readdir.argtypes = [ctypes.c_void_p]
          def check(result):
              assert result not in (-1, None), errno.errorcode[ctypes.get_errno()]
              return result
          def path(name): return f'{M}/{name}'.encode()
          alarms = 0
          def ring(*_):
              global alarms
              alarms += 1
          file = check(c.open(path('new'), os.O_WRONLY | os.O_CREAT, 0o644))
          check(c.write(file, b'written', 7))
          reader = check(c.open(path('two'), os.O_RDONLY))
          buffer = ctypes.create_string_buffer(100)
          signal.signal(signal.SIGALRM, ring)
          pause('ready')
          signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
          begin = time.monotonic()
          check(c.close(file))
          first = time.monotonic() - begin
          pause('closed')
          assert check(c.read(reader, buffer, 100)) == 5
          another = check(c.open(path('one'), os.O_RDONLY))
          directory = check(c.opendir(path('full')))
          names = 0
          while c.readdir(directory): names += 1
          assert names == 4, names
          signal.setitimer(signal.ITIMER_REAL, 0)
          assert first > 0.5 and time.monotonic() - begin > 1.5
          # Python's handler runs between two calls only.
          assert alarms > 2, alarms
          """)
        try await program.reached("ready")
        for (word, next) in [("ready", "closed"), ("closed", "")] {
          try await BlockingWork.run { try server.pause() }
          defer { try? server.resume() }
          try program.proceed(word)
          // The silence itself is what is tested.
          try await Task.sleep(for: .seconds(3))
          try await BlockingWork.run { try server.resume() }
          if !next.isEmpty { try await program.reached(next) }
        }
        try await program.output()
        #expect(try mount.client.get(mount.bucket, "new") == Array("written".utf8))
      }
    }
  }
}
