// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension AmplifyProjects {
  @Suite("Secrets of a mount with a user's credentials")
  struct SecrecyTests {
    @Test("None is in the log at its most verbose, in the arguments or in the environment of the daemon")
    func secrecy() async throws {
      let sandbox = try await AmplifySandbox.shared()
      try await AmplifyMount.use(sandbox, as: "alice", options: ["log-level=trace"]) { mount in
        try await mount.python(
          """
          with open(f'{M}/app/images/secret.txt', 'w') as file: file.write('bytes')
          assert read(f'{M}/app/images/secret.txt') == b'bytes'
          assert os.getxattr(f'{M}/app/images/secret.txt', 'user.s3.url')
          assert attempt(os.listdir, f'{M}/app/inbox') == 'EACCES'
          os.unlink(f'{M}/app/images/secret.txt')
          """)
        let secrets = try secrets(mount)
        #expect(secrets.count >= 4, "the password, and three tokens")
        let pid = try await mount.status().pid
        for file in [mount.logFile, "/proc/\(pid)/cmdline", "/proc/\(pid)/environ"] {
          let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
          #expect(text.count > 10, "\(file)")
          for secret in secrets { #expect(!text.contains(secret), "\(file)") }
          for word in ["AWS4-HMAC-SHA256", "SessionToken", "SecretKey", "X-Amz-Signature", "x-amz-security-token"] {
            #expect(!text.contains(word), "\(word) in \(file)")
          }
        }
      }
    }

    /// The password, and whatever is long in the file of the sign-in.
    private func secrets(_ mount: AmplifyMount) throws -> [String] {
      let password = try String(contentsOfFile: mount.sandbox.user("alice").passwordFile, encoding: .utf8)
      var secrets = [password.trimmingCharacters(in: .newlines)]
      let directory = mount.directory.path("state/pail/auth")
      for name in try FileManager.default.contentsOfDirectory(atPath: directory) where name.hasSuffix(".json") {
        let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
        secrets += text.split(separator: "\"").filter { $0.count > 60 }.map(String.init)
      }
      return secrets
    }
  }
}
