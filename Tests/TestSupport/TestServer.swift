// SPDX-License-Identifier: Apache-2.0
//
// A real S3 server on loopback, for tests.
//
// It runs as long as a reference to this object exists and the test process lives; then it is killed and its files are
// removed. Port, credentials and data stay the same over `stop`, `kill` and `restart`. Any thread may call; every call
// blocks until the server is in the state that was asked for, at most two minutes.

import Foundation
import Locking

package final class TestServer: Sendable {
  /// `seaweedfs` or `ministack`.
  package let name: String
  /// `http://127.0.0.1:PORT`.
  package let endpoint: String
  package let port: Int
  package let region: String
  package let accessKeyID: String
  package let secretAccessKey: String
  /// The server's working directory, removed at the end; its log is the file `log` in it.
  package let directory: String

  private let supervisor: ServerSupervisor
  private let runningProcess: Lock<Int32>

  convenience init(kind: String) throws {
    let supervisor = try ServerSupervisor("test-server", kind)
    try self.init(supervisor, greeting: supervisor.greeting())
  }

  /// - Parameter greeting: the first message of the program, which may say more than is needed here.
  init(_ supervisor: ServerSupervisor, greeting: [String: Any]) throws {
    guard
      let name = greeting["name"] as? String, let endpoint = greeting["endpoint"] as? String,
      let port = endpoint.split(separator: ":").last.flatMap({ Int($0) }),
      let region = greeting["region"] as? String, let accessKeyID = greeting["accessKeyID"] as? String,
      let secretAccessKey = greeting["secretAccessKey"] as? String,
      let directory = greeting["directory"] as? String, let processID = greeting["processID"] as? Int
    else { throw TestSupportError("unexpected greeting from the server's supervisor") }
    self.supervisor = supervisor
    self.name = name
    self.endpoint = endpoint
    self.port = port
    self.region = region
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.directory = directory
    runningProcess = Lock(Int32(processID))
  }

  /// The server's process id, 0 while it is stopped.
  package var processID: Int32 { runningProcess.withLock { $0 } }

  /// The environment with which AWS tools and `pail` reach this server.
  package var environment: [String: String] {
    [
      "AWS_ACCESS_KEY_ID": accessKeyID, "AWS_SECRET_ACCESS_KEY": secretAccessKey, "AWS_REGION": region,
      "AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL": endpoint, "AWS_EC2_METADATA_DISABLED": "true",
    ]
  }

  /// Creates a bucket; a random name unless one is given.
  ///
  /// - Returns: the bucket's name.
  /// - Throws: ``TestSupportError`` if the server refuses, also when the bucket exists.
  @discardableResult
  package func createBucket(named name: String? = nil) throws -> String {
    let bucket = name ?? "test-" + UUID().uuidString.lowercased()
    try perform("bucket " + bucket)
    return bucket
  }

  /// Ends the server; connections are refused until ``restart()``. Its data stays.
  package func stop() throws { try perform("stop") }

  /// Ends the server with SIGKILL, as a crash would. Its data stays. SeaweedFS only.
  package func kill() throws { try perform("kill") }

  /// Stops the server's process: connections are accepted by the kernel, but nothing is answered until ``resume()``.
  package func pause() throws { try perform("pause") }

  /// Lets a paused server continue.
  package func resume() throws { try perform("resume") }

  /// Starts the server again, on the same port with the same data; ends it first if it runs.
  package func restart() throws { try perform("restart") }

  private func perform(_ command: String) throws {
    let answer = try supervisor.perform(command)
    if let processID = answer["processID"] as? Int { runningProcess.withLock { $0 = Int32(processID) } }
  }
}
