// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import TestSupport
import Testing
import VFS

@testable import FUSE

extension MountedTests {
  /// Requests that block in the file system, and those that must not wait for them.
  @Suite struct WorkerPoolTests {
    private let gate = Gate()
    private let files: MemoryFileSystem

    init() {
      let gate = gate
      files = MemoryFileSystem { operation, inode in
        if operation == .read { gate.pass(inode) }
        return nil
      }
    }

    /// Makes files and returns their inodes.
    private func make(_ count: Int, in mount: TestMount) async throws -> Set<InodeID> {
      let made = try await Shell.script(
        "for i in $(seq \(count)); do echo content $i > slow$i; done; echo quick > fast; stat -c %i slow*",
        in: mount.path)
      return Set(made.output.split(separator: "\n").compactMap { UInt64($0).map { InodeID($0) } })
    }

    @Test func blockedReadsDoNotStallOthersAndThePoolShrinksAgain() async throws {
      try await TestMount.with(files, threads: .init(minimum: 2, maximumIdle: 3, maximum: 16)) { mount in
        gate.close(for: try await make(8, in: mount))
        async let slow = Shell.script("for f in slow*; do cat $f & done; wait", in: mount.path)
        #expect(try await BlockingWork.run { gate.hasWaiting(8) })
        let workers = mount.session.workers
        #expect(workers.total >= 9)
        #expect(workers.idle >= 1)
        let fast = try await Shell.script(
          "cat fast; ls | wc -l; echo new > new; cat new", in: mount.path, timeLimit: 10)
        #expect(fast.output == "quick\n9\nnew\n")
        gate.open()
        let lines = try await slow.output.split(separator: "\n").sorted()
        #expect(lines == (1...8).map { "content \($0)" })
        let hasShrunk = try await BlockingWork.run { [session = mount.session] in
          session.pool.wait(timeout: 10) { $0.workers <= 3 }
        }
        #expect(hasShrunk)
      }
    }

    @Test func atTheMaximumRequestsWaitAndNoneIsLost() async throws {
      try await TestMount.with(files, threads: .init(minimum: 1, maximumIdle: 1, maximum: 4)) { mount in
        gate.close(for: try await make(10, in: mount))
        async let slow = Shell.script("for f in slow*; do cat $f & done; wait", in: mount.path)
        #expect(try await BlockingWork.run { gate.hasWaiting(4) })
        #expect(mount.session.workers.total == 4)
        #expect(mount.session.workers.idle == 0)
        gate.open()
        #expect(try await slow.output.split(separator: "\n").count == 10)
      }
    }

    /// The kernel tells of the signal with an INTERRUPT request; the answer still comes, and nothing is broken.
    @Test func anInterruptedReaderGoesAndTheMountLives() async throws {
      try await TestMount.with(files) { mount in
        gate.close(for: try await make(1, in: mount))
        async let killed = Shell.script(
          "echo $$ > pid; exec dd if=slow1 bs=4096 iflag=direct status=none", in: mount.path, timeLimit: 30)
        #expect(try await BlockingWork.run { gate.hasWaiting(1) })
        let pid = try await Shell.script("cat pid", in: mount.path, timeLimit: 10).line
        #expect(kill(try #require(pid_t(pid)), SIGINT) == 0)
        // The reader waits for the answer even after its signal, so others must be served meanwhile.
        #expect(try await Shell.script("cat fast", in: mount.path, timeLimit: 10).output == "quick\n")
        gate.open()
        let outcome = try await killed
        #expect(outcome.status == 128 + SIGINT && outcome.output == "")
        #expect(try await Shell.script("cat slow1", in: mount.path, timeLimit: 10).output == "content 1\n")
        try await files.waitUntilReleased()
      }
    }

    /// A file system whose reads go on until somebody interrupts them.
    private static func endless() -> MemoryFileSystem {
      let clock = Lock(())
      return MemoryFileSystem { operation, _ in
        guard operation == .read else { return nil }
        while !Interruption.isRequested { _ = clock.wait(timeout: 0.02) { _ -> Void? in nil } }
        return .EINTR
      }
    }

    @Test func aSignalEndsAReadWhoseFileSystemAsks() async throws {
      let files = Self.endless()
      try await TestMount.with(files) { mount in
        let read = try await Shell.script(
          "echo x > file; timeout 0.2 dd if=file bs=4096 iflag=direct", in: mount.path, timeLimit: 20)
        // What timeout(1) returns when it had to send its signal; 137 if we had to send ours.
        #expect(read.status == 124)
        try await files.waitUntilReleased()
      }
    }

    /// The kernel lets a reader of cached pages go without telling; its read ends with the mount.
    @Test func theEndOfTheMountEndsAReadWhoseFileSystemAsks() async throws {
      try await TestMount.with(Self.endless()) { mount in
        let read = try await Shell.script("echo x > file; timeout 0.2 cat file", in: mount.path, timeLimit: 20)
        #expect(read.status == 124)
        // Often its worker is still at it: the mount must end all the same. Or it has seen that nobody waits any more.
      }
    }

    @Test func manyReadersAndWritersAtOnce() async throws {
      try await TestMount.with(MemoryFileSystem()) { mount in
        let outcome = try await Shell.script(
          """
          head -c 3000000 /dev/urandom > source
          for i in 1 2 3 4 5 6 7 8; do
            (cp source copy$i; cmp source copy$i; for j in $(seq 50); do echo $j > small$i.$j; rm small$i.$j; done) &
          done
          wait; ls | wc -l; cat copy* | sha256sum; cat source source source source source source source source | sha256sum
          """, in: mount.path)
        #expect(outcome.error == "")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first == "9")
        #expect(lines[1] == lines[2])
      }
    }
  }
}
