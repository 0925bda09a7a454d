// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension Acceptance {
  @Suite("Credentials of an identity that end while it is mounted")
  struct CredentialExpiryTests {
    @Test("An upload of 1 GiB crosses their expiry, several times, and every byte arrives")
    func upload() async throws {
      let sandbox = try await AmplifySandbox.start()
      try await AmplifyMount.use(sandbox, as: "alice", source: "app") { mount in
        let pid = try await mount.daemonPID()
        let environment = mount.environment
        let work = BlockingWork.startJoinable {
          Result { try Shell.runBlocking("python3", ["-c", Self.writer], environment: environment, timeLimit: 300) }
        }
        var expiries = 0
        repeat {
          try await Task.sleep(for: .milliseconds(500))
          try await BlockingWork.run { try sandbox.expireCredentials() }
          expiries += 1
        } while !work.isDone
        let outcome = try await work.value().get()
        try #require(outcome.succeeded, "\(LiveMount.words(outcome)) \(mount.logTail)")
        #expect(expiries >= 3)
        #expect(try await mount.daemonPID() == pid)
        let head = try #require(try await sandbox.bucket("app").head("images/big", hashing: true))
        #expect(head.sha256 == outcome.line)
        // Reading crosses one as well.
        let hash = try await mount.python(
          "import hashlib; print(hashlib.file_digest(open(f'{M}/images/big', 'rb'), 'sha256').hexdigest())")
        #expect(hash == outcome.line)
      }
    }

    /// Writes 1 GiB and prints its SHA-256.
    private static let writer = """
      import hashlib, os
      digest = hashlib.sha256()
      block = os.urandom(1 << 20)
      with open(os.environ['M'] + '/images/big', 'wb') as file:
          for number in range(1 << 10):
              piece = number.to_bytes(8) + block[8:]
              digest.update(piece)
              file.write(piece)
      print(digest.hexdigest())
      """
  }
}
