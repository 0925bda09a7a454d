// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension AmplifyProjects {
  @Suite("An Amplify project, mounted")
  struct AmplifyMountTests {
    @Test("One bucket by name, a part of one, and all of them")
    func sources() async throws {
      let sandbox = try await AmplifySandbox.shared()
      try await AmplifyMount.use(sandbox, as: "alice", source: "media") { mount in
        try await mount.python("assert os.listdir(M) == ['photos'], os.listdir(M)")
      }
      try await AmplifyMount.use(sandbox, as: "alice", source: "app/public/news") { mount in
        try await mount.python("assert 'today.txt' in os.listdir(M), os.listdir(M)")
      }
      try await AmplifyMount.use(sandbox, as: "alice") { mount in
        // The one is copied to the other by mv(1), which is told that they are two file systems.
        try await mount.python(
          """
          import subprocess
          with open(f'{D}/a', 'w') as file: file.write('bytes')
          subprocess.run(['cp', f'{D}/a', f'{M}/app/images/moved'], check=True)
          assert attempt(os.rename, f'{M}/app/images/moved', f'{M}/media/photos/moved') == 'EXDEV'
          assert attempt(os.mkdir, f'{M}/new') == 'EACCES'
          assert attempt(os.rmdir, f'{M}/media') in ('EACCES', 'EBUSY')
          os.rename(f'{M}/app/images/moved', f'{M}/app/public/moved')
          os.unlink(f'{M}/app/public/moved')
          numbers = [os.stat(f'{M}/{path}').st_ino for path in ('', 'app', 'media', 'app/public', 'media/photos')]
          assert len(set(numbers)) == 5, numbers
          """)
      }
    }

    @Test("Permission bits show what the rules grant")
    func bits() async throws {
      try await AmplifyMount.use(try await .shared(), as: "alice") { mount in
        try await mount.python(
          """
          def mode(path): return oct(stat.S_IMODE(os.stat(f'{M}/{path}').st_mode))
          expected = {'': 0o555, 'app': 0o555, 'app/public': 0o755, 'app/public/drafts': 0o555,
                      'app/inbox': 0o311, 'app/getonly': 0o111, 'app/public/welcome.txt': 0o644,
                      'app/public/drafts/plan.txt': 0o444, 'app/getonly/known.txt': 0o444}
          found = {path: mode(path) for path in expected}
          assert found == {path: oct(mode) for path, mode in expected.items()}, found
          """)
      }
    }

    @Test("What stands in the way of a mount is told in one line, with what to do")
    func refusals() async throws {
      let sandbox = try await AmplifySandbox.shared()
      try await AmplifyMount.use(sandbox, as: "alice", mounting: false) { mount in
        let outcome = try await mount.mount("medi")
        #expect(outcome.status == 1 && outcome.error.contains("there are: media, app"), "\(outcome.error)")
      }
      let directory = try TemporaryDirectory("outputs")
      let closed = try edited(sandbox.outputsPath, directory.path("closed.json")) {
        $0["auth", default: [:]]["unauthenticated_identities_enabled"] = false
      }
      try await AmplifyMount.use(sandbox, as: nil, outputs: closed, mounting: false) { mount in
        let outcome = try await mount.mount(nil)
        #expect(outcome.status == 1 && outcome.error.contains("pail auth sign-in"), "\(outcome.error)")
      }
      let poolless = try edited(sandbox.outputsPath, directory.path("poolless.json")) {
        $0["auth", default: [:]]["identity_pool_id"] = nil
      }
      try await AmplifyMount.use(sandbox, as: nil, outputs: poolless, mounting: false) { mount in
        let outcome = try await mount.mount(nil, ["guest"])
        #expect(outcome.status == 1 && outcome.error.contains("no guests"), "\(outcome.error)")
      }
      try await AmplifyMount.use(sandbox, as: nil, outputs: directory.path("none.json"), mounting: false) { mount in
        let outcome = try await mount.mount(nil)
        #expect(outcome.status == 1 && outcome.error.contains("none.json"), "\(outcome.error)")
      }
    }

    @Test("The store is the judge of what the file grants: its 403 is EACCES, and what was written is kept")
    func judge() async throws {
      let sandbox = try await AmplifySandbox.shared()
      let directory = try TemporaryDirectory("outputs")
      let generous = try edited(sandbox.outputsPath, directory.path("generous.json")) { document in
        var buckets = document["storage"]?["buckets"] as? [[String: Any]] ?? []
        var paths = buckets[0]["paths"] as? [String: [String: [String]]] ?? [:]
        paths["public/*"]?["guest"] = ["get", "list", "write", "delete"]
        buckets[0]["paths"] = paths
        document["storage"]?["buckets"] = buckets
      }
      try await AmplifyMount.use(sandbox, as: nil, source: "app", outputs: generous, mounting: false) { mount in
        let outcome = try await mount.mount("app")
        try #require(outcome.status == 0, "\(outcome.error)")
        try await mount.python(
          """
          file = os.open(f'{M}/public/refused', os.O_WRONLY | os.O_CREAT)
          os.write(file, b'bytes')
          assert attempt(os.close, file) == 'EACCES'
          assert read(f'{M}/public/refused') == b'bytes'
          """)
        let status = try await mount.pail(["status", mount.path])
        #expect(status.output.contains("parked"), "\(status.output)")
        let cancelled = try await mount.pail(["uploads", mount.path, "cancel", mount.path + "/public/refused"])
        #expect(cancelled.status == 0, "\(cancelled.error)")
        let unmounted = try await mount.pail(["umount", mount.path])
        #expect(unmounted.status == 0, "\(unmounted.error)")
      }
    }

    @Test("A letter box takes large files with their attributes")
    func letterBox() async throws {
      let sandbox = try await AmplifySandbox.shared()
      try await AmplifyMount.use(sandbox, as: "alice", source: "app") { mount in
        try await mount.python(
          """
          import subprocess
          with open(f'{D}/large', 'wb') as file: file.write(os.urandom(20 << 20))
          os.utime(f'{D}/large', (1, 1_000_000_000))
          subprocess.run(['cp', '-p', f'{D}/large', f'{M}/inbox/large'], check=True)
          assert os.stat(f'{M}/inbox/large').st_mtime == 1_000_000_000
          assert attempt(os.chmod, f'{M}/inbox/large', 0o600) == 'EACCES'
          os.mkdir(f'{M}/inbox/folder')
          with open(f'{M}/inbox/folder/note', 'w') as file: file.write('bytes')
          """)
        let head = try #require(try await sandbox.bucket("app").head("inbox/large"))
        #expect(head.contentLength == 20 << 20)
        #expect(head.metadata["mtime"] == "1000000000.000000000", "\(head.metadata)")
        #expect(try await sandbox.bucket("app").get("inbox/folder/note") == Array("bytes".utf8))
      }
    }

    @Test("A file that the app removes while it is written here is there again when it is closed")
    func removedMeanwhile() async throws {
      let sandbox = try await AmplifySandbox.shared()
      let bucket = try sandbox.bucket("app")
      try await bucket.put("images/gone.txt", "the app's bytes")
      try await AmplifyMount.use(sandbox, as: "alice", source: "app") { mount in
        let environment = mount.environment
        let work = BlockingWork.startJoinable {
          Result { try Shell.runBlocking("python3", ["-c", Self.slowWriter], environment: environment, timeLimit: 60) }
        }
        try await eventually(within: .seconds(20), "the file is open") {
          FileManager.default.fileExists(atPath: mount.directory.path("scratch/open"))
        }
        try await bucket.delete("images/gone.txt")
        _ = FileManager.default.createFile(atPath: mount.directory.path("scratch/go"), contents: nil)
        let outcome = try await work.value().get()
        #expect(outcome.succeeded, "\(outcome.error) \(mount.logTail)")
        #expect(try await bucket.get("images/gone.txt") == Array("new bytes here".utf8))
        try await mount.python(
          "os.unlink(f'{M}/images/gone.txt'); assert not os.path.exists(f'{M}/images/gone.txt')")
      }
    }

    private static let slowWriter = """
      import os, time
      M, D = os.environ['M'], os.environ['D']
      with open(f'{M}/images/gone.txt', 'wb') as file:
          file.write(b'new bytes here')
          file.flush()
          open(f'{D}/open', 'w').close()
          while not os.path.exists(f'{D}/go'): time.sleep(0.01)
      """

    @Test("What an app has stored, and what the mount has, is the same to both")
    func app() async throws {
      let sandbox = try await AmplifySandbox.shared()
      try await AmplifyMount.use(sandbox, as: "alice", source: "app") { mount in
        try await mount.python(
          """
          with open(f'{M}/images/photo.png', 'wb') as file: file.write(b'no picture')
          os.setxattr(f'{M}/images/photo.png', 'user.album', b'holidays')
          os.setxattr(f'{M}/images/photo.png', 'user.content_disposition', b'inline')
          """)
        let head = try await eventuallyHead(sandbox, "images/photo.png") { $0.metadata["album"] != nil }
        #expect(head.contentType == "image/png")
        #expect(head.metadata["album"] == "holidays")
        // preventOverwrite is If-None-Match, with the app's own credentials.
        try await mount.python(
          """
          import json
          del os.environ['AWS_PROFILE']
          import boto3
          outputs = json.load(open(os.environ['OUTPUTS']))['auth']
          identity = json.loads(sys.argv[1])
          pool = boto3.client('cognito-idp', 'us-east-1')
          word = open(identity['passwordFile']).read().rstrip('\\n')
          answer = pool.initiate_auth(AuthFlow='USER_PASSWORD_AUTH', ClientId=outputs['user_pool_client_id'],
                                      AuthParameters={'USERNAME': identity['username'], 'PASSWORD': word})
          token = answer['AuthenticationResult']['IdToken']
          login = {f"cognito-idp.us-east-1.amazonaws.com/{outputs['user_pool_id']}": token}
          ids = boto3.client('cognito-identity', 'us-east-1')
          given = ids.get_credentials_for_identity(IdentityId=identity['identityID'], Logins=login)['Credentials']
          s3 = boto3.client('s3', 'us-east-1', aws_access_key_id=given['AccessKeyId'],
                            aws_secret_access_key=given['SecretKey'], aws_session_token=given['SessionToken'])
          s3.put_object(Bucket=identity['bucket'], Key='images/once.txt', Body=b'the app', IfNoneMatch='*')
          assert attempt(os.open, f'{M}/images/once.txt', os.O_WRONLY | os.O_CREAT | os.O_EXCL) == 'EEXIST'
          assert read(f'{M}/images/once.txt') == b'the app'
          head = s3.head_object(Bucket=identity['bucket'], Key='images/photo.png')
          assert head['ContentType'] == 'image/png' and head['Metadata']['album'] == 'holidays', head
          os.unlink(f'{M}/images/once.txt')
          os.unlink(f'{M}/images/photo.png')
          """, try description(of: sandbox, "alice"))
      }
    }

    @Test("A guest stays a guest of his own, and a user's own data is not another's")
    func identities() async throws {
      let sandbox = try await AmplifySandbox.shared()
      try await AmplifyMount.use(sandbox, as: "bob", source: "app") { mount in
        try await mount.python(
          """
          assert read(f'{M}/private/{sys.argv[1]}/diary.txt') == b"bob's diary\\n"
          assert attempt(read, f'{M}/private/{sys.argv[2]}/diary.txt') == 'EACCES'
          """, try #require(try sandbox.user("bob").identityID), try #require(try sandbox.user("alice").identityID))
      }
      try await AmplifyMount.use(sandbox, as: "bob", source: "app", options: ["guest"]) { mount in
        try await mount.python("assert sorted(os.listdir(M)) == ['inbox', 'public'], os.listdir(M)")
      }
    }

    // MARK: Steps

    private func edited(
      _ file: String, _ new: String, _ change: (inout [String: [String: Any]]) -> Void
    ) throws -> String {
      var document =
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file))) as? [String: Any] ?? [:]
      var sections = document.compactMapValues { $0 as? [String: Any] }
      change(&sections)
      document.merge(sections) { $1 }
      try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: new))
      return new
    }

    private func description(of sandbox: AmplifySandbox, _ name: String) throws -> String {
      let user = try sandbox.user(name)
      let values = [
        "username": user.username, "passwordFile": user.passwordFile, "identityID": user.identityID ?? "",
        "bucket": sandbox.buckets["app"] ?? "",
      ]
      return String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    }

    private func eventuallyHead(
      _ sandbox: AmplifySandbox, _ key: String, _ isGood: (IndependentClient.Head) -> Bool
    ) async throws -> IndependentClient.Head {
      var last: IndependentClient.Head?
      try await eventually(within: .seconds(10), "the object is as it should be: \(String(describing: last))") {
        last = try await sandbox.bucket("app").head(key)
        return last.map(isGood) ?? false
      }
      return try #require(last)
    }
  }
}
