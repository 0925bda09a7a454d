// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

private let hasKernel = access("/dev/fuse", R_OK | W_OK) == 0 && geteuid() == 0

/// What goes wrong between a mount and its store.
@Suite("A mount in trouble", .enabled(if: hasKernel))
struct MountFailureTests {
  @Test("what the store refuses is said in one line, with a remedy")
  func refusals() async throws {
    let real = try await RealMount.make()
    let endpoint = real.server.endpoint
    let cases: [(environment: [String: String], words: String)] = [
      (["AWS_SECRET_ACCESS_KEY": "wrong"], "the secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY"),
      (["AWS_ACCESS_KEY_ID": "NOBODY"], "\(endpoint) does not know the access key; check AWS_ACCESS_KEY_ID"),
      (
        ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""],
        "no credentials (AWS_ACCESS_KEY_ID is not set;"
      ),
      (["AWS_PROFILE": "nobody"], "profile 'nobody' is neither in ~/.aws/config nor in ~/.aws/credentials"),
      (
        ["AWS_ENDPOINT_URL": "http://127.0.0.1:9"],
        "http://127.0.0.1:9 cannot be reached: cannot connect to 127.0.0.1:9: Connection refused; check --endpoint"
      ),
      (["AWS_ENDPOINT_URL": "http://no-host.invalid"], "http://no-host.invalid: no such host; check --endpoint"),
      (
        ["AWS_ENDPOINT_URL": "", "AWS_REGION": "", "AWS_DEFAULT_REGION": ""],
        "no region: give --region NAME or set AWS_REGION"
      ),
    ]
    for (environment, words) in cases {
      let outcome = try await real.mount(environment: environment)
      #expect(outcome.status == 1)
      #expect(outcome.error.hasPrefix("pail: " + words), "\(outcome.error)")
      #expect(outcome.error.split(separator: "\n").count == 1)
      #expect(!real.isMounted)
    }
    let missing = try await real.pail("mount", "no-such-bucket", real.mountPoint)
    #expect(
      missing.error
        == "pail: bucket no-such-bucket does not exist at \(endpoint); check its name, or create it first\n")
  }

  @Test("a store that accepts connections and never answers is given up in time")
  func silence() async throws {
    let real = try await RealMount.make(SeaweedFS.start)
    try await BlockingWork.run { [server = real.server] in try server.pause() }
    let clock = ContinuousClock()
    let begin = clock.now
    let outcome = try await real.mount()
    #expect(clock.now - begin < .seconds(15))
    #expect(outcome.status == 1)
    #expect(
      outcome.error == "pail: \(real.server.endpoint) does not answer; check --endpoint and that the store runs\n")
    try await BlockingWork.run { [server = real.server] in try server.resume() }
  }

  /// SEMANTICS: next-mount
  @Test("what cannot be uploaded in time stays, is said, and is uploaded after the next mount")
  func storeAway() async throws {
    let real = try await RealMount.make(SeaweedFS.start)
    #expect(try await real.mount("write-back=delayed,write-back-delay=1h").succeeded)
    try real.write("one", "first")
    try real.write("two", "second")
    let pending = try #require(try await real.status()?["pending"] as? [[String: Any]])
    #expect(pending.compactMap { $0["key"] as? String } == ["one", "two"])
    #expect(pending.compactMap { $0["state"] as? String } == ["waiting", "waiting"])
    try await BlockingWork.run { [server = real.server] in try server.stop() }
    let unmounted = try await real.unmount("--timeout", "5s")
    #expect(unmounted.status == 3)
    #expect(
      unmounted.error.contains(
        "2 files (11 B) not uploaded, kept in \(real.cache); mount again to upload it: one (PutObject"),
      "\(unmounted.error)")
    #expect(!real.isMounted)
    try await BlockingWork.run { [server = real.server] in try server.restart() }
    #expect(try await real.mount().succeeded)
    #expect(try real.read("one") == "first")
    let second = try await real.unmount()
    #expect(second.status == 0, "\(second.error)")
    #expect(try await real.object("one") == "first")
    #expect(try await real.object("two") == "second")
  }

  @Test("a second SIGTERM leaves at once, without loss and without a dead mount")
  func secondSignal() async throws {
    let real = try await RealMount.make(SeaweedFS.start)
    #expect(try await real.mount("write-back=delayed,write-back-delay=1h").succeeded)
    try real.write("one", "first")
    let pid = try await real.daemon()
    try await BlockingWork.run { [server = real.server] in try server.stop() }
    kill(pid, SIGTERM)
    #expect(
      try await Shell.script(
        "until \"$1\" status \"$2\" --json | grep -q '\"state\" : \"draining\"'; do sleep 0.02; done",
        [PailProgram.path, real.mountPoint], environment: real.environment
      ).succeeded)
    kill(pid, SIGTERM)
    #expect(try await real.waitForEnd(of: pid))
    #expect(!real.isMounted)
    try await BlockingWork.run { [server = real.server] in try server.restart() }
    #expect(try await real.mount().succeeded)
    #expect(try await real.unmount().status == 0)
    #expect(try await real.object("one") == "first")
  }

  @Test("SIGTERM detaches a busy mount; closing the file in time publishes it")
  func busySignal() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount().succeeded)
    let file = open(real.mountPoint + "/open", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    #expect(write(file, "abc", 3) == 3)
    let pid = try await real.daemon()
    kill(pid, SIGTERM)
    #expect(try await Shell.script("until ! mountpoint -q \"$1\"; do sleep 0.02; done", [real.mountPoint]).succeeded)
    #expect(write(file, "def", 3) == 3)
    #expect(close(file) == 0)
    #expect(try await real.waitForEnd(of: pid))
    #expect(try await real.object("open") == "abcdef")
  }

  /// SEMANTICS: next-mount
  @Test("a killed daemon's mount is detached by umount, and by the next mount; its data is kept")
  func killed() async throws {
    let real = try await RealMount.make()
    #expect(try await real.mount("write-back=delayed,write-back-delay=1h").succeeded)
    try real.write("one", "first")
    var pid = try await real.daemon()
    kill(pid, SIGKILL)
    #expect(try await real.waitForEnd(of: pid))
    let silent = try await real.pail("status", real.mountPoint)
    #expect(silent.status == 1)
    #expect(
      silent.error
        == "pail: the pail that served \(real.mountPoint) has died; run: pail umount \(real.mountPoint), then mount again\n"
    )
    let unmounted = try await real.unmount()
    #expect(unmounted.status == 3)
    #expect(unmounted.error.contains("is in \(real.cache); mount again to upload it"), "\(unmounted.error)")
    #expect(!real.isMounted)

    // The kernel may answer for the root from its cache long after the daemon is gone.
    #expect(try await real.mount("write-back=delayed,write-back-delay=1h,metadata-ttl=1h").succeeded)
    #expect(try real.read("one") == "first")
    try real.write("two", "second")
    pid = try await real.daemon()
    var status = Glibc.stat()
    #expect(stat(real.mountPoint, &status) == 0)
    kill(pid, SIGKILL)
    #expect(try await real.waitForEnd(of: pid))
    // A dead mount is below: the next one takes it away first.
    let again = try await real.mount()
    #expect(again.status == 0, "\(again.error)")
    #expect(try await real.unmount().status == 0)
    #expect(!real.isMounted)
    #expect(try await real.object("one") == "first")
    #expect(try await real.object("two") == "second")
  }
}
