// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension AcceptanceFailures {
  @Suite("Mounts that cannot be")
  struct RefusalTests {
    /// `pail mount` must end within 15 s, say one line that has all `words`, and leave nothing.
    private func expectRefusal(
      _ mount: LiveMount, _ arguments: [String], environment: [String: String] = [:], wrapper: String? = nil,
      words: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      let clock = ContinuousClock()
      let start = clock.now
      let outcome: Shell.Outcome
      if let wrapper {
        outcome = try await Shell.script(
          wrapper, [PailProgram.path, "mount"] + arguments, in: mount.directory.path,
          environment: mount.environment.merging(environment) { $1 })
      } else {
        outcome = try await mount.pail(["mount"] + arguments, environment: environment)
      }
      let seconds = start.duration(to: clock.now)
      #expect(outcome.status != 0 && outcome.status < 128, "\(outcome.status)", sourceLocation: sourceLocation)
      // The limit of the command is 15 s; the rest is for a machine that is busy with other tests.
      #expect(seconds < .seconds(16), sourceLocation: sourceLocation)
      #expect(outcome.output == "", sourceLocation: sourceLocation)
      let lines = outcome.error.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 2 && lines.last == "", "not one line: \(outcome.error)", sourceLocation: sourceLocation)
      for word in words { #expect(outcome.error.contains(word), "\(outcome.error)", sourceLocation: sourceLocation) }
      #expect(!mount.isMounted, sourceLocation: sourceLocation)
      let processes = try await Shell.script(
        #"for file in /proc/[0-9]*/cmdline; do tr '\0' ' ' < "$file" 2>/dev/null | grep -F "pail mount" | grep -F "$1" || true; done"#,
        [mount.directory.path])
      let others = processes.output.split(separator: "\n").filter { !$0.contains("grep") && !$0.contains("/bin/sh") }
      #expect(others.isEmpty || mount.daemonPID != 0, "\(others)", sourceLocation: sourceLocation)
    }

    private func arguments(_ mount: LiveMount, _ more: String...) -> [String] {
      [mount.bucket, mount.path, "--cache-dir", mount.cacheDirectory] + more
    }

    @Test("An unknown key and a wrong secret are told apart", arguments: StoreKind.allCases)
    func credentials(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), mounting: false) { mount in
        try await expectRefusal(
          mount, arguments(mount), environment: ["AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"],
          words: ["access key", "AWS_ACCESS_KEY_ID"])
        try await expectRefusal(
          mount, arguments(mount), environment: ["AWS_SECRET_ACCESS_KEY": "wrong-secret-0123456789"],
          words: ["secret key", "AWS_SECRET_ACCESS_KEY"])
        let noneAtAll = ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""]
        try await expectRefusal(
          mount, arguments(mount), environment: noneAtAll, words: ["credentials", "AWS_ACCESS_KEY_ID"])
      }
    }

    @Test("A bucket that does not exist", arguments: StoreKind.allCases)
    func bucket(store: StoreKind) async throws {
      try await LiveMount.use(store.shared(), mounting: false) { mount in
        try await expectRefusal(
          mount, ["no-such-bucket-here", mount.path, "--cache-dir", mount.cacheDirectory],
          words: ["no-such-bucket-here", "does not exist", "create"])
      }
    }

    @Test("A store that is not there, and one that never answers")
    func endpoint() async throws {
      try await LiveMount.use(StoreKind.ministack.shared(), mounting: false) { mount in
        let (closed, closedPort) = try LoopbackSocket.listen()
        close(closed)
        try await expectRefusal(
          mount, arguments(mount, "--endpoint", "http://127.0.0.1:\(closedPort)"),
          words: ["127.0.0.1:\(closedPort)", "cannot be reached", "--endpoint"])
        let (silent, silentPort) = try LoopbackSocket.listen()
        defer { close(silent) }
        try await expectRefusal(
          mount, arguments(mount, "--endpoint", "http://127.0.0.1:\(silentPort)"),
          words: ["127.0.0.1:\(silentPort)", "does not answer", "--endpoint"])
      }
    }

    @Test("A mount point that is full, missing or a file")
    func mountPoint() async throws {
      try await LiveMount.use(StoreKind.ministack.shared(), mounting: false) { mount in
        let full = mount.scratch + "/full"
        try await mount.sh(#"mkdir "$D/full"; touch "$D/full/entry" "$D/file""#)
        func point(_ path: String) -> [String] { [mount.bucket, path, "--cache-dir", mount.cacheDirectory] }
        try await expectRefusal(mount, point(full), words: [full, "not empty", "nonempty"])
        try await expectRefusal(
          mount, point(mount.scratch + "/missing"), words: ["missing does not exist", "mkdir -p"])
        try await expectRefusal(
          mount, point(mount.scratch + "/file"), words: ["file is not a directory", "empty directory"])
        // The source's mistake costs nothing else: it was not made a directory.
        try await mount.sh(#"test -f "$D/file"; test ! -e "$D/missing"; test "$(ls "$D/full")" = entry"#)
      }
    }

    @Test("A cache directory in use, and one of another bucket")
    func cacheDirectory() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        let second = mount.directory.path("second")
        try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: false)
        let outcome = try await mount.pail(["mount", mount.bucket, second, "--cache-dir", mount.cacheDirectory])
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("in use by another pail"), "\(outcome.error)")
        #expect(outcome.error.contains("unmount"), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        // The first one goes on.
        #expect(try await mount.sh(#"echo x > "$M/file"; cat "$M/file""#) == "x")
        try await mount.unmount()

        let other = try mount.server.createBucket()
        try await expectRefusal(
          mount, [other, mount.path, "--cache-dir", mount.cacheDirectory],
          words: ["belongs to another mount", "--cache-dir"])
      }
    }

    @Test("An option that does not exist")
    func option() async throws {
      try await LiveMount.use(StoreKind.ministack.shared(), mounting: false) { mount in
        try await expectRefusal(
          mount, arguments(mount, "-o", "write-bcak=close"), words: ["write-bcak", "write-back"])
      }
    }

    @Test("A machine without FUSE")
    func withoutFUSE() async throws {
      try await LiveMount.use(StoreKind.ministack.shared(), mounting: false) { mount in
        // A /dev of its own, in a mount namespace that ends with the command.
        let wrapper = #"""
          mkdir -p "$D/dev"
          exec unshare -m /bin/sh -ec '
            mount --make-rprivate /
            mount -t tmpfs none "$D/dev"
            cp -a /dev/null /dev/zero /dev/random /dev/urandom "$D/dev"
            mount --bind "$D/dev" /dev
            exec "$@"' sh "$@"
          """#
        let probe = try await mount.attempt("unshare -m true")
        guard probe.succeeded else { try Test.cancel("no private mount namespaces here: \(probe.error)") }
        try await expectRefusal(
          mount, arguments(mount), wrapper: wrapper, words: ["/dev/fuse", "modprobe fuse"])
      }
    }
  }
}
