// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import Logging
import TestSupport

import Mount

/// A supervisor with a control server on a real socket, over a scripted mount.
final class ControlFixture: Sendable {
  let directory: TemporaryDirectory
  let mount: ScriptedMount
  let supervisor: Supervisor
  let server: ControlServer
  let outcome: BlockingWork.Started<Int>

  var socket: String { directory.path("control.sock") }

  init(_ state: ScriptedMount.State = ScriptedMount.State()) throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    directory = try TemporaryDirectory("control")
    let mount = ScriptedMount(state)
    let box = Lock<Supervisor?>(nil)
    let actions = mount.actions { box.withLock { $0 } }
    let supervisor = Supervisor(actions: actions, logger: logger, sessionPatience: 0.2)
    box.withLock { $0 = supervisor }
    let handler = ControlHandler(
      supervisor: supervisor, actions: actions, mountPoint: "/mnt", cacheDirectory: "/cache",
      status: {
        MountStatus(
          source: "s3://photos", mountPoint: "/mnt", state: supervisor.state, pid: getpid(), since: "", endpoint: "",
          region: "", cacheDirectory: "/cache", options: [:], requests: [:], pending: [], pendingCount: 0,
          pendingBytes: 0, storeNotes: [])
      })
    let path = directory.path("control.sock")
    let lock = try Self.notNil(ControlLock.take(socketPath: path))
    server = try ControlServer(path: path, uid: geteuid(), lock: lock, logger: logger, handler: handler.handle)
    self.mount = mount
    self.supervisor = supervisor
    let server = server
    outcome = BlockingWork.startJoinable {
      let left = supervisor.run().uploads.count
      server.close()
      return left
    }
    supervisor.becameLive()
    guard server.start() else { throw TestSupportError("no thread") }
  }

  /// Asks on a thread that may block.
  func ask(_ request: ControlRequest, onProgress: @escaping @Sendable (ControlResponse) -> Void = { _ in }) async throws
    -> ControlResponse
  {
    let socket = socket
    return try await BlockingWork.run {
      guard var client = try ControlClient(path: socket) else { throw TestSupportError("nobody listens") }
      return try client.ask(request, onProgress: onProgress)
    }
  }

  private static func notNil<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw TestSupportError("unexpected nil") }
    return value
  }
}
