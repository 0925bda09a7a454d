// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

private let hasKernel = access("/dev/fuse", R_OK | W_OK) == 0 && geteuid() == 0

/// Real kernel, real server, the built program.
@Suite("A mount from start to end", .enabled(if: hasKernel))
struct MountLifecycleTests {
  /// SEMANTICS: call-mount
  @Test("is live when mount returns, and gone with all data uploaded when umount does")
  func plain() async throws {
    let real = try await RealMount.make()
    let mounted = try await real.mount()
    #expect(mounted.status == 0, "\(mounted.error)")
    #expect(mounted.output.isEmpty && mounted.error.isEmpty)
    #expect(real.isMounted)
    try real.write("hello", "world")
    #expect(try await real.object("hello") == "world")
    let status = try #require(try await real.status())
    #expect(status["state"] as? String == "mounted")
    #expect(status["mount_point"] as? String == real.mountPoint)
    #expect((status["requests"] as? [String: Int])?["PutObject"] == 1)
    #expect((status["pending"] as? [Any])?.isEmpty == true)
    let pid = try await real.daemon()
    let unmounted = try await real.unmount()
    #expect(unmounted.status == 0, "\(unmounted.error)")
    #expect(unmounted.error.isEmpty)
    #expect(!real.isMounted)
    #expect(try await real.waitForEnd(of: pid))
  }

  @Test("no secret is in the command line, the status or the log")
  func secrets() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount("log-level=trace").succeeded)
    try real.write("hello", "world")
    let pid = try await real.daemon()
    let secret = real.server.secretAccessKey
    #expect(try !String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8).contains(secret))
    #expect(try await !real.pail("status", real.mountPoint, "--json").output.contains(secret))
    #expect(try await real.unmount().succeeded)
    let log = try String(contentsOfFile: real.program.directory.path("log"), encoding: .utf8)
    #expect(log.contains("mounted") && !log.contains(secret))
  }

  /// Each file that waits for its upload is open.
  @Test("more files wait than a shell may have open")
  func manyFiles() async throws {
    let real = try await RealMount.make()
    let outcome = try await Shell.script(
      """
      ulimit -Sn 64; "$1" mount "$2" "$3" --cache-dir "$4" -o write-back=delayed,write-back-delay=600s || exit 1
      for i in $(seq 200); do echo "$i" > "$3/$i" || exit 2; done
      """, [PailProgram.path, real.bucket, real.mountPoint, real.cache], environment: real.environment, timeLimit: 60)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(try await real.unmount().status == 0)
    #expect(try await real.object("200") == "200\n")
  }

  @Test("the daemon holds nothing of its caller: session, directory, descriptors")
  func detached() async throws {
    let real = try await RealMount.make()
    // The pipe of $( ) would stay open with a daemon that inherited descriptor 9.
    let outcome = try await Shell.script(
      "out=$(\"$1\" mount \"$2\" \"$3\" --cache-dir \"$4\" 9>&1); echo done",
      [PailProgram.path, real.bucket, real.mountPoint, real.cache], environment: real.environment, timeLimit: 20)
    #expect(outcome.line == "done" && !outcome.timedOut)
    let pid = try await real.daemon()
    #expect(getsid(pid) == pid)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd") == "/")
    for descriptor in 0...2 {
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(descriptor)") == "/dev/null")
    }
    #expect(try await real.unmount().succeeded)
  }

  @Test("a second mount on it is refused")
  func twice() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount().succeeded)
    let second = try await real.mount()
    #expect(second.status == 1)
    #expect(
      second.error
        == "pail: \(real.mountPoint) is already mounted from s3://\(real.bucket); run: pail umount \(real.mountPoint)\n"
    )
    #expect(try await real.unmount().succeeded)
  }

  @Test("two mounts do not share a cache directory")
  func sharedCache() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount().succeeded)
    let other = try real.program.makeMountPoint("other")
    let second = try await real.pail("mount", real.bucket, other, "--cache-dir", real.cache)
    #expect(second.status == 1)
    #expect(second.error.contains("is in use by another pail process"))
    let part = try await real.pail("mount", "s3://\(real.bucket)/part", other, "--cache-dir", real.cache)
    #expect(part.status == 1)
    #expect(part.error.contains("belongs to another mount"))
    #expect(try await real.unmount().succeeded)
  }

  @Test("a read-only mount refuses writes")
  func readOnly() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount("ro").succeeded)
    #expect(open(real.mountPoint + "/x", O_CREAT | O_WRONLY, 0o600) == -1 && errno == EROFS)
    #expect(try await real.unmount().succeeded)
  }

  @Test("a busy one is left alone, and says who is in the way; --lazy takes it all the same")
  func busy() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount().succeeded)
    let path = real.mountPoint + "/open"
    let file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    #expect(file >= 0)
    #expect(write(file, "abc", 3) == 3)
    let refused = try await real.unmount()
    #expect(refused.status == 1)
    #expect(refused.error.hasPrefix("pail: \(real.mountPoint) is busy: \(getpid()) "))
    #expect(refused.error.contains(" has \(path) open; close it and try again, or add --lazy"))
    #expect(real.isMounted)
    async let lazy = real.unmount("--lazy")
    // Out of the tree at once, while the file goes on.
    #expect(try await Shell.script("until ! mountpoint -q \"$1\"; do sleep 0.02; done", [real.mountPoint]).succeeded)
    #expect(write(file, "def", 3) == 3)
    #expect(close(file) == 0)
    let outcome = try await lazy
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(try await real.object("open") == "abcdef")
  }

  /// SEMANTICS: call-mount
  @Test("umount(8) and SIGTERM end it as well")
  func otherEnds() async throws {
    let real = try await RealMount.make()
    for end in ["umount", "term"] {
      #expect(try await real.mount().succeeded)
      try real.write("file", end)
      let pid = try await real.daemon()
      if end == "umount" { #expect(umount2(real.mountPoint, 0) == 0) } else { kill(pid, SIGTERM) }
      #expect(try await real.waitForEnd(of: pid))
      #expect(!real.isMounted)
      #expect(try await real.object("file") == end)
    }
  }

  @Test("in the foreground it logs to standard error and ends with 0 on SIGTERM")
  func foreground() async throws {
    let real = try await RealMount.make()
    let outcome = try await Shell.script(
      """
      "$1" mount "$2" "$3" --cache-dir "$4" --foreground & pid=$!
      until mountpoint -q "$3"; do kill -0 $pid; sleep 0.02; done
      until "$1" status "$3" --json | grep -q '"state" : "mounted"'; do sleep 0.02; done
      kill -TERM $pid; wait $pid; echo "status $?"
      """, [PailProgram.path, real.bucket, real.mountPoint, real.cache], environment: real.environment,
      timeLimit: 30)
    #expect(outcome.line == "status 0", "\(outcome.error)")
    #expect(outcome.error.contains("notice mounted"))
  }
}
