// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension AmplifyProjects {
  /// What each user sees and may do, path by path and action by action. The table is written from scripts/amplify_sandbox/project.py
  /// by hand, as a person would read it; neither Pail's rules nor the sandbox's generator have a part in it.
  @Suite("Access rules of an Amplify project, mounted")
  struct AccessMatrixTests {
    struct User: Sendable, CustomTestStringConvertible {
      let name: String?
      /// By directory: l(ist), g(et), w(rite), d(elete); what is not there is refused. ME and BOB stand for identities.
      let granted: [String: String]
      /// What is in directories above, and in some below.
      let seen: [String: [String]]

      var testDescription: String { name ?? "guest" }
    }

    private static let directories = [
      "app/public", "app/public/drafts", "app/images", "app/private/ME", "app/private/BOB", "app/inbox", "app/getonly",
      "media/photos", "media/admin",
    ]

    private static let admin = [
      "app/public": "lgwd", "app/public/drafts": "lgwd", "app/images": "lgwd", "app/private/ME": "lg",
      "app/private/BOB": "lg", "app/inbox": "lgd", "media/admin": "lgwd",
    ]

    static let users = [
      User(
        name: nil, granted: ["app/public": "lg", "app/inbox": "w", "media/photos": "l"],
        seen: ["": ["app", "media"], "app": ["inbox", "public"], "media": ["photos"]]),
      User(
        name: "alice",
        granted: [
          "app/public": "lgwd", "app/public/drafts": "lg", "app/images": "lgwd", "app/private/ME": "lgwd",
          "app/inbox": "w", "app/getonly": "g", "media/photos": "lg",
        ],
        seen: [
          "app": ["getonly", "images", "inbox", "private", "public"], "app/private": ["ME"], "media": ["photos"],
          "media/photos": ["2026", "harbour.txt"],
        ]),
      User(
        name: "bob",
        granted: [
          "app/public": "lgwd", "app/public/drafts": "lg", "app/images": "lgwd", "app/private/ME": "lgwd",
          "app/private/BOB": "lgwd", "app/inbox": "w", "app/getonly": "g", "media/photos": "lg",
        ],
        seen: ["app": ["getonly", "images", "inbox", "private", "public"], "app/private": ["ME"]]),
      User(
        name: "carol", granted: admin,
        seen: ["app": ["images", "inbox", "private", "public"], "media": ["admin"], "media/admin": ["audit.log"]]),
      User(name: "dave", granted: admin, seen: ["app": ["images", "inbox", "private", "public"], "media": ["admin"]]),
      User(
        name: "erin", granted: ["app/public": "lgw", "media/photos": "lgwd"],
        seen: ["app": ["public"], "media": ["photos"]]),
    ]

    @Test(
      "Everybody sees and may do what the rules grant, and is refused the rest at once, without a request",
      arguments: users)
    func matrix(_ user: User) async throws {
      let sandbox = try await AmplifySandbox.shared()
      let me = try user.name.flatMap { try sandbox.user($0).identityID } ?? "nobody"
      let bob = try #require(try sandbox.user("bob").identityID)
      func real(_ path: String) -> String {
        path.replacingOccurrences(of: "ME", with: me).replacingOccurrences(of: "BOB", with: bob)
      }
      var plan: [[String]] = []
      for directory in Self.directories {
        if directory.hasSuffix("/ME"), user.name == nil { continue }
        let path = real(directory)
        let own = "of-\(user.testDescription)-\(plan.count).txt"
        try await arrange(sandbox, path, own)
        plan.append([path, user.granted[directory] ?? "", own])
      }
      try await AmplifyMount.use(sandbox, as: user.name, options: ["metadata-ttl=60s"]) { mount in
        for (directory, names) in user.seen {
          let found = try await mount.python(
            "print(*sorted(os.listdir(os.path.join(M, sys.argv[1]))), sep='\\n')", real(directory))
          #expect(
            Set(found.split(separator: "\n").map(String.init)).subtracting(["."]).isSuperset(of: names.map(real)),
            "\(directory): \(found)")
          if ["", "app", "media", "app/private"].contains(directory) {
            #expect(found.split(separator: "\n").map(String.init) == names.map(real), "\(directory)")
          }
        }
        let plan = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
        try await mount.python(Self.actions + "check(json.loads(sys.argv[1]))", plan)
        // All names are known now.
        let before = try await mount.requests()
        try await mount.python(Self.actions + "refuse(json.loads(sys.argv[1]))", plan)
        #expect(try await mount.requests() == before, "a refusal costs no request")
      }
      for row in plan where row[1].contains("w") {
        let place = row[0].split(separator: "/", maxSplits: 1)
        let key = "\(place[1])/new-\(row[2])"
        let head = try await sandbox.bucket(String(place[0])).head(key)
        #expect((head != nil) == !row[1].contains("d"), "\(key)")
      }
    }

    /// What everybody looks for in a directory: a file to read and to remove.
    private func arrange(_ sandbox: AmplifySandbox, _ path: String, _ name: String) async throws {
      let place = path.split(separator: "/", maxSplits: 1)
      try await sandbox.bucket(String(place[0])).put("\(place[1])/\(name)", "bytes")
    }

    private static let actions = """
      import json

      def lists(path, name): assert name in os.listdir(path)
      def gets(path, name):
          # Of a letter box only those names are known that were put in here.
          if os.path.lexists(f'{path}/{name}'): assert read(f'{path}/{name}') == b'bytes'
          else: assert read(f'{path}/new-{name}') == b'new bytes'

      def writes(path, name):
          with open(f'{path}/new-{name}', 'x') as file: file.write('new bytes')

      def deletes(path, name):
          # What was written here, or what is there.
          new = f'{path}/new-{name}'
          os.unlink(new if os.path.lexists(new) else f'{path}/{name}')

      ACTIONS = {'w': writes, 'l': lists, 'g': gets, 'd': deletes}

      def check(plan):
          wrong = []
          for path, granted, name_ in plan:
              for letter, action in ACTIONS.items():
                  outcome = attempt(action, f'{M}/{path}', name_)
                  wanted = {'success'} if letter in granted else {'EACCES'}
                  if outcome not in wanted: wrong.append((path, letter, granted, outcome))
          assert not wrong, wrong

      def refuse(plan):
          wrong = []
          for path, granted, name_ in plan:
              for letter, action in ACTIONS.items():
                  if letter in granted: continue
                  times = []
                  # Other programs of the machine may run in between.
                  for _ in range(3):
                      begin = time.monotonic()
                      outcome = attempt(action, f'{M}/{path}', name_)
                      times.append(time.monotonic() - begin)
                      if outcome != 'EACCES': wrong.append((path, letter, outcome))
                  if min(times) > 0.05: wrong.append((path, letter, times))
          assert not wrong, wrong


      """
  }
}
