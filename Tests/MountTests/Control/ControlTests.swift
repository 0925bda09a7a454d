// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import WriteBackCache

import Mount

@Suite("The control socket")
struct ControlTests {
  @Test("answers status")
  func status() async throws {
    let fixture = try ControlFixture()
    let response = try await fixture.ask(ControlRequest(.status))
    #expect(response.kind == .result)
    #expect(response.status?.state == .mounted)
    #expect(response.status?.pid == getpid())
    fixture.supervisor.sessionEnded()
    #expect(try await fixture.outcome.value() == 0)
  }

  @Test("is for its user only")
  func mode() throws {
    let fixture = try ControlFixture()
    defer { fixture.supervisor.sessionEnded() }
    var status = Glibc.stat()
    #expect(stat(fixture.socket, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(status.st_mode & S_IFMT == S_IFSOCK)
  }

  @Test("turns other users away, by the kernel's word", .enabled(if: geteuid() == 0))
  func otherUser() async throws {
    let fixture = try ControlFixture()
    defer { fixture.supervisor.sessionEnded() }
    // Even when the permissions would let them in.
    chmod(fixture.directory.path, 0o755)
    chmod(fixture.socket, 0o666)
    // perl-base is on every Debian, for every user.
    let script = #"""
      use IO::Socket::UNIX; $SIG{PIPE} = "IGNORE"; alarm 20;
      my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!";
      syswrite($s, "{\"version\":1,\"command\":\"status\"}\n");
      sysread($s, my $answer, 100);
      print "got ", substr($answer // "", 0, 16);
      """#
    let asNobody = try await Shell.run(
      "setpriv", ["--reuid=65534", "--clear-groups", "perl", "-e", script, fixture.socket])
    #expect(asNobody.line == "got ", "\(asNobody.error)")
    let asRoot = try await Shell.run("perl", ["-e", script, fixture.socket])
    #expect(asRoot.line.hasPrefix("got {\"kind\":\"result"))
  }

  @Test("unmounts, uploads and ends")
  func unmount() async throws {
    let fixture = try ControlFixture(.init(pending: [ScriptedMount.upload("a"), ScriptedMount.upload("b")]))
    let response = try await fixture.ask(ControlRequest(.unmount))
    #expect(response.kind == .result)
    #expect(response.uploads?.count == 0)
    #expect(try await fixture.outcome.value() == 0)
    #expect(fixture.mount.state.withLock { $0.calls } == ["unmount", "drain"])
    #expect(access(fixture.socket, F_OK) != 0)
    #expect(access(fixture.socket + ".lock", F_OK) != 0)
  }

  @Test("names what cannot be uploaded")
  func parked() async throws {
    let fixture = try ControlFixture(
      .init(pending: [ScriptedMount.upload("a"), ScriptedMount.upload("b", state: .parked, size: 7)]))
    let response = try await fixture.ask(ControlRequest(.unmount))
    #expect(response.uploads?.count == 1)
    #expect(response.uploads?.bytes == 7)
    #expect(response.uploads?.parked == 1)
    #expect(response.uploads?.first.map(\.key) == ["b"])
    #expect(response.uploads?.first.map(\.reason) == ["AccessDenied"])
    #expect(response.uploads?.cacheDirectory == "/cache")
    #expect(try await fixture.outcome.value() == 1)
  }

  /// SEMANTICS: attributes-travel
  @Test("names what the store was not told")
  func attributes() async throws {
    let fixture = try ControlFixture(.init(attributes: (1...7).map { "f\($0)" }))
    let summary = try #require(try await fixture.ask(ControlRequest(.unmount)).uploads)
    #expect(!summary.isComplete && summary.count == 0 && summary.lost?.count == 7)
    #expect(
      LeftoverText.words(summary, note: "")
        == "the changed attributes (mode, owner, times or extended ones) of 7 files "
        + "are lost, since the store could not be told: f1, f2, f3, f4, f5, …")
  }

  @Test("refuses a busy mount, which stays and can be unmounted later")
  func busy() async throws {
    let fixture = try ControlFixture(.init(results: [.busy]))
    let refused = try await fixture.ask(ControlRequest(.unmount))
    #expect(refused.kind == .failure)
    #expect(refused.reason == .busy)
    #expect(try await fixture.ask(ControlRequest(.status)).status?.state == .mounted)
    #expect(try await fixture.ask(ControlRequest(.unmount)).kind == .result)
    #expect(fixture.mount.state.withLock { $0.calls } == ["unmount", "unmount", "drain"])
  }

  @Test("detaches a busy mount when asked to")
  func lazy() async throws {
    let fixture = try ControlFixture(.init(results: [.busy]))
    #expect(try await fixture.ask(ControlRequest(.unmount, lazy: true)).kind == .result)
    #expect(fixture.mount.state.withLock { $0.calls } == ["unmount", "detach", "drain"])
  }

  @Test("a lazy unmount with a time limit ends the session of files that stay open")
  func lazyTimeout() async throws {
    let fixture = try ControlFixture(.init(results: [.busy], endsSession: false))
    #expect(try await fixture.ask(ControlRequest(.unmount, timeout: 0.1, lazy: true)).kind == .result)
    #expect(fixture.mount.state.withLock { $0.calls } == ["unmount", "detach", "end", "drain"])
  }

  @Test("a session that never ends does not keep the uploads waiting")
  func stuck() async throws {
    let fixture = try ControlFixture(.init(pending: [ScriptedMount.upload("a")], endsSession: false, obeys: false))
    #expect(try await fixture.ask(ControlRequest(.unmount)).uploads?.count == 0)
    #expect(fixture.mount.state.withLock { $0.calls } == ["unmount", "end", "drain"])
    #expect(try await fixture.outcome.value() == 0)
  }

  @Test("shows progress while the store is away, and the result when it is back")
  func progress() async throws {
    let fixture = try ControlFixture(.init(pending: [ScriptedMount.upload("a", size: 5)], isOnline: false))
    let state = fixture.mount.state
    let seen = Lock<[String]>([])
    let response = try await fixture.ask(ControlRequest(.unmount)) { progress in
      seen.withLock { $0.append("\(progress.message ?? "") \(progress.uploads?.count ?? -1)") }
      state.withLockAndNotify { $0.isOnline = true }
    }
    #expect(seen.withLock { $0.first } == "draining 1")
    #expect(response.uploads?.count == 0)
  }

  @Test("a limit on time leaves the rest in the cache")
  func timeout() async throws {
    let fixture = try ControlFixture(.init(pending: [ScriptedMount.upload("a", size: 5)], isOnline: false))
    let response = try await fixture.ask(ControlRequest(.unmount, timeout: 0.2))
    #expect(response.kind == .result)
    #expect(response.uploads?.count == 1)
    #expect(try await fixture.outcome.value() == 1)
  }

  @Test("a second client joins an unmount, and gives up by its own limit")
  func joins() async throws {
    let fixture = try ControlFixture(.init(pending: [ScriptedMount.upload("a", size: 5)], isOnline: false))
    async let first = fixture.ask(ControlRequest(.unmount))
    _ = try await BlockingWork.run { [state = fixture.mount.state] in
      state.wait { $0.calls.contains("drain") ? true : nil }
    }
    let second = try await fixture.ask(ControlRequest(.unmount, timeout: 0))
    #expect(second.kind == .result)
    #expect(second.reason == .timedOut)
    fixture.mount.state.withLockAndNotify { $0.isOnline = true }
    #expect(try await first.uploads?.count == 0)
  }

  @Test("passes on what is to be done to uploads")
  func uploads() async throws {
    let fixture = try ControlFixture()
    defer { fixture.supervisor.sessionEnded() }
    #expect(try await fixture.ask(ControlRequest(.retry, key: "a/b")).kind == .result)
    #expect(try await fixture.ask(ControlRequest(.retry)).kind == .result)
    for command in [ControlRequest.Command.pause, .resume, .cancel] {
      #expect(try await fixture.ask(ControlRequest(command, key: "k")).kind == .result)
    }
    #expect(try await fixture.ask(ControlRequest(.cancel)).message == "cancel what?")
    let missing = try await fixture.ask(ControlRequest(.retry, key: "missing"))
    #expect(missing.kind == .failure && missing.message?.contains("no upload of missing is pending") == true)
    let calls = ["retry a/b", "retry all", "pause k", "resume k", "cancel k", "retry missing"]
    #expect(fixture.mount.state.withLock { $0.calls } == calls)
  }

  @Test(
    "refuses what it does not understand, and goes on serving",
    arguments: [
      "nonsense\n", "{}\n", "{\"version\":2,\"command\":\"status\"}\n", "{\"version\":1,\"command\":\"format\"}\n",
      String(repeating: "x", count: 70_000),
    ])
  func garbage(text: String) async throws {
    let fixture = try ControlFixture()
    defer { fixture.supervisor.sessionEnded() }
    let socket = fixture.socket
    let response = try await BlockingWork.run {
      let connection = try #require(try UnixSocket.connect(to: socket))
      let bytes = Array(text.utf8)
      #expect(send(connection.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
      var channel = LineChannel(connection, limit: 1 << 20)
      let response = try channel.receive(ControlResponse.self)
      #expect(throws: LineChannel.Failure.closed) { try channel.receive(ControlResponse.self) }
      return response
    }
    #expect(response.kind == .failure)
    #expect(response.reason == .badRequest)
    #expect(try await fixture.ask(ControlRequest(.status)).kind == .result)
  }

  @Test("one daemon a mount point; what a dead one left is replaced")
  func lock() async throws {
    let directory = try TemporaryDirectory("control")
    let path = directory.path("x.sock")
    // A socket that nobody listens on any more.
    _ = try UnixSocket.listen(at: path)
    #expect(access(path, F_OK) == 0)
    // A process that another test is just starting may hold a copy of the listener until its exec.
    try await eventually("nobody listens") { try UnixSocket.connect(to: path) == nil }
    var lock = try ControlLock.take(socketPath: path)
    #expect(lock != nil)
    #expect(try ControlLock.take(socketPath: path) == nil)
    lock?.write(note: "/cache")
    lock = nil
    #expect(ControlLock.note(socketPath: path) == "/cache")
    lock = try ControlLock.take(socketPath: path)
    #expect(lock != nil)
    lock?.release()
    #expect(ControlLock.note(socketPath: path) == nil)
  }
}
