// SPDX-License-Identifier: Apache-2.0

import FUSE
import Logging
import TestSupport
import VFS

/// A file system that is mounted for real, on a temporary directory.
struct TestMount: Sendable {
  let path: String
  let session: FUSESession
  /// `run` on its thread.
  let running: BlockingWork.Started<Bool>

  /// Mounts, lets `body` use the mount, unmounts, and waits until every thread of the session is gone.
  static func with<Result>(
    _ fileSystem: any FileSystem, threads: FUSESessionConfiguration.Threads = .init(),
    options: [String] = ["default_permissions"], _ body: (TestMount) async throws -> Result
  ) async throws -> Result {
    let directory = try TemporaryDirectory("fuse")
    let mount = try TestMount(fileSystem, on: directory.path, threads: threads, options: options)
    do {
      let result = try await body(mount)
      try await mount.end()
      return result
    } catch {
      try await mount.end()
      throw error
    }
  }

  init(
    _ fileSystem: any FileSystem, on path: String, threads: FUSESessionConfiguration.Threads = .init(),
    options: [String] = ["default_permissions"]
  ) throws {
    let configuration = FUSESessionConfiguration(
      mountPoint: path, source: "memory", fileSystemOptions: options, threads: threads)
    let session = try FUSESession(
      configuration: configuration, fileSystem: fileSystem, logger: Logger(label: "FUSETests"))
    self.path = path
    self.session = session
    running = BlockingWork.startJoinable {
      session.run()
      return true
    }
    guard session.waitUntilLive(timeout: 10) else { throw TestSupportError("the mount did not come to life") }
  }

  /// Ends the session, whether the mount is still there or not.
  func end() async throws {
    let (session, running) = (session, running)
    try await BlockingWork.run {
      try session.unmount()
      _ = running.join()
      try session.unmount()
    }
  }
}
