// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension AmplifyProjects {
  @Suite("Credentials of an identity that end while it is mounted")
  struct CredentialExpiryTests {
    @Test("An upload of 1 GiB crosses their expiry more than once, and every byte arrives")
    func upload() async throws {
      let sandbox = try await AmplifySandbox.start()
      // Shorter than the upload: the first ones end while it runs, and so do those that follow.
      try await BlockingWork.run { try sandbox.setCredentialLifetime(seconds: 6) }
      // The server looks at a signature when it has the whole part: of eight at once each would take most of six seconds.
      try await AmplifyMount.use(sandbox, as: "alice", source: "app", options: ["concurrency=2"]) { mount in
        let pid = try await mount.status().pid
        let environment = mount.environment
        let work = BlockingWork.startJoinable {
          Result { try Shell.runBlocking("python3", ["-c", Self.writer], environment: environment, timeLimit: 300) }
        }
        // Before their time, and in the middle of parts.
        try await eventually(within: .seconds(60), "parts are on their way") {
          try await mount.requests("UploadPart") > 30
        }
        try await BlockingWork.run { try sandbox.expireCredentials() }
        let outcome = try await work.value().get()
        try #require(outcome.succeeded, "\(LiveMount.words(outcome)) \(mount.logTail)")
        let closed = ContinuousClock.now
        let words = outcome.line.split(separator: " ").map(String.init)
        try #require(words.count == 3)
        let (hash, endHash, seconds) = (words[0], words[1], try #require(Double(words[2])))
        #expect(seconds > 12, "it took long enough to cross two expiries")
        #expect(try await mount.status().pid == pid)
        let head = try #require(try await sandbox.bucket("app").head("images/big", hashing: true))
        #expect(head.sha256 == hash)
        // When none of those is good any more that were used so far.
        try await Task.sleep(until: closed + .seconds(7))
        let read = try await mount.python(Self.reader)
        #expect(read == endHash)
      }
    }

    /// Writes 1 GiB at 64 MiB/s at most; prints its SHA-256, that of the last 16 MiB, and how many seconds it took until close
    /// had returned.
    private static let writer = """
      import hashlib, os, time
      digest, end, begin = hashlib.sha256(), hashlib.sha256(), time.monotonic()
      block = os.urandom(1 << 20)
      with open(os.environ['M'] + '/images/big', 'wb') as file:
          for number in range(1 << 10):
              piece = number.to_bytes(8) + block[8:]
              digest.update(piece)
              if number >= (1 << 10) - 16: end.update(piece)
              file.write(piece)
              time.sleep(max(0, begin + number / 64 - time.monotonic()))
      print(digest.hexdigest(), end.hexdigest(), time.monotonic() - begin)
      """

    /// The server takes about a second for each part of such an object, so not all of it is read.
    private static let reader = """
      import hashlib
      with open(f'{M}/images/big', 'rb') as file:
          file.seek(-(16 << 20), os.SEEK_END)
          print(hashlib.sha256(file.read()).hexdigest())
      """
  }
}
