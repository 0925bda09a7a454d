// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct TestServerTests {
  @Test(arguments: StoreKind.allCases) func keepsDataAndCredentialsOverARestart(kind: StoreKind) throws {
    let server = try kind.start()
    let client = IndependentClient(server)
    let bucket = try server.createBucket()
    try client.put(bucket, "folder/ä b.txt", Array("hello".utf8), contentType: "text/plain", metadata: ["who": "me"])
    try server.stop()
    #expect(server.processID == 0)
    #expect(throws: TestSupportError.self) { try client.list(bucket) }
    try server.restart()
    #expect(server.processID > 0)
    #expect(try client.get(bucket, "folder/ä b.txt") == Array("hello".utf8))
    let head = try #require(try client.head(bucket, "folder/ä b.txt", hashing: true))
    #expect(head.contentLength == 5)
    #expect(head.contentType == "text/plain")
    #expect(head.metadata == ["who": "me"])
    #expect(head.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
    #expect(head.eTag == "\"5d41402abc4b2a76b9719d911017c592\"")
  }

  @Test func seaweedFSKeepsDataOverAKill() throws {
    let server = try SeaweedFS.start()
    let client = IndependentClient(server)
    let bucket = try server.createBucket()
    try client.put(bucket, "a", "kept")
    try server.kill()
    try server.restart()
    #expect(try client.get(bucket, "a") == Array("kept".utf8))
  }

  @Test(arguments: StoreKind.allCases) func refusesWrongCredentials(kind: StoreKind) throws {
    let server = try kind.start()
    let other = try kind.start()
    #expect(server.port != other.port)
    let stranger = IndependentClient(
      environment: server.environment.merging(["AWS_SECRET_ACCESS_KEY": other.secretAccessKey]) { $1 })
    let error = #expect(throws: TestSupportError.self) { try stranger.makeBucket("stranger") }
    #expect(error?.description.contains("SignatureDoesNotMatch") == true)
  }

  @Test(arguments: StoreKind.allCases) func leavesNothingBehind(kind: StoreKind) throws {
    var server: TestServer? = try kind.start()
    let process = try #require(server?.processID)
    let directory = try #require(server?.directory)
    #expect(kill(process, 0) == 0)
    #expect(FileManager.default.fileExists(atPath: directory))
    server = nil
    #expect(kill(process, 0) == -1)
    #expect(!FileManager.default.fileExists(atPath: directory))
  }

  /// The caller of the supervisor is killed with SIGKILL: the end of file on its input is all that the supervisor sees.
  @Test(arguments: ["seaweedfs", "ministack"]) func leavesNothingBehindWhenItsCallerIsKilled(kind: String) async throws
  {
    let caller = Process()
    caller.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    caller.arguments = [
      "python3", "-c",
      """
      import subprocess, sys
      server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
      print(server.stdout.readline().decode(), end="", flush=True)
      server.wait()
      """, PackageDirectory.root + "/scripts/test-server", kind,
    ]
    let output = Pipe()
    caller.standardOutput = output
    try caller.run()
    var line = Data()
    while line.last != UInt8(ascii: "\n"), let byte = try output.fileHandleForReading.read(upToCount: 1) {
      line += byte
    }
    let greeting = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
    let process = try #require(greeting["processID"] as? Int)
    let directory = try #require(greeting["directory"] as? String)
    kill(caller.processIdentifier, SIGKILL)
    caller.waitUntilExit()
    try await eventually(within: .seconds(20), "the server's directory is removed") {
      !FileManager.default.fileExists(atPath: directory)
    }
    #expect(kill(pid_t(process), 0) == -1)
  }

  @Test func theSharedServerIsOne() throws {
    #expect(try SeaweedFS.shared() === SeaweedFS.shared())
  }

  @Test func aPausedServerIsSilentUntilItIsResumed() throws {
    let server = try SeaweedFS.start()
    let client = IndependentClient(server)
    let bucket = try server.createBucket()
    try server.pause()
    let status = try String(contentsOfFile: "/proc/\(server.processID)/status", encoding: .utf8)
    #expect(status.contains("State:\tT (stopped)"))
    try server.resume()
    #expect(try client.list(bucket) == [])
  }
}
