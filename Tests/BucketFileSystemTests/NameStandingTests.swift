// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
import Testing

@testable import BucketFileSystem

@Suite("Names and permission bits under access rules") struct NameStandingTests {
  static let paths = [
    AccessPath(
      prefix: "public/",
      rules: [
        "guest": [.get, .list], "authenticated": [.get, .list, .write, .delete], "groupseditors": [.get, .list],
      ]),
    AccessPath(prefix: "public/drafts/", rules: ["authenticated": [.get, .list]]),
    AccessPath(
      prefix: "private/${cognito-identity.amazonaws.com:sub}/", rules: ["entityidentity": [.get, .list, .write]]),
    AccessPath(prefix: "inbox/", rules: ["guest": [.write], "authenticated": [.write]]),
    AccessPath(prefix: "known/", rules: ["authenticated": [.get]]),
    AccessPath(prefix: "staff/", rules: ["groupsadmin": [.get, .list]]),
  ]

  static let alice = AccessRules(paths, for: AccessIdentity(role: .authenticated, identityID: "eu:alice"))
  static let guest = AccessRules(paths, for: AccessIdentity(role: .guest, identityID: "eu:guest"))

  struct Row: Sendable, CustomTestStringConvertible {
    let who: AccessRules
    let directory: String
    let name: String
    let standing: NameStanding

    init(_ who: AccessRules, _ directory: String, _ name: String, _ standing: NameStanding) {
      (self.who, self.directory, self.name, self.standing) = (who, directory, name, standing)
    }

    var testDescription: String { "\(directory) + \(name): \(standing)" }
  }

  @Test(
    "How a name is answered",
    arguments: [
      Row(alice, "", "public", .given), Row(alice, "", "private", .given), Row(alice, "", "known", .given),
      Row(alice, "", "staff", .refused), Row(alice, "", "README", .hidden), Row(alice, "", "publicity", .hidden),
      Row(alice, "private/", "eu:alice", .given), Row(alice, "private/", "eu:bob", .refused),
      Row(alice, "private/eu:alice/", "file", .asked), Row(alice, "public/", "file", .asked),
      Row(alice, "public/", "drafts", .given), Row(alice, "public/drafts/", "file", .asked),
      Row(alice, "inbox/", "letter", .kept), Row(alice, "known/", "file", .asked),
      Row(guest, "", "private", .refused), Row(guest, "", "known", .refused), Row(guest, "", "inbox", .given),
      Row(guest, "public/", "file", .asked), Row(guest, "public/", "drafts", .given),
      Row(guest, "public/drafts/", "file", .refused),
    ])
  func standing(_ row: Row) { #expect(row.who.standing(of: row.name, in: row.directory) == row.standing) }

  @Test("Permission bits are those that the rules grant")
  func bits() {
    func mask(_ who: AccessRules, _ key: String) -> UInt32 {
      who.permissionMask(of: key, isDirectory: key.isEmpty || key.hasSuffix("/")) & 0o777
    }
    #expect(mask(Self.alice, "") == 0o555)
    #expect(mask(Self.alice, "private/") == 0o555)
    #expect(mask(Self.alice, "public/") == 0o777)
    #expect(mask(Self.alice, "public/file") == 0o777)
    #expect(mask(Self.alice, "public/drafts/") == 0o555)
    #expect(mask(Self.alice, "public/drafts/file") == 0o555)
    #expect(mask(Self.alice, "inbox/") == 0o333)
    #expect(mask(Self.alice, "inbox/letter") == 0o222)
    #expect(mask(Self.alice, "known/") == 0o111)
    #expect(mask(Self.alice, "staff/") == 0)
    #expect(mask(Self.guest, "public/") == 0o555)
    #expect(mask(Self.guest, "public/drafts/") == 0)
    #expect(mask(Self.guest, "public/file") == 0o555)
  }

  @Test("A tree may be renamed where all that is below it may be")
  func below() {
    #expect(Self.alice.allows([.get, .delete], below: "public/a/"))
    #expect(!Self.alice.allows([.get, .delete], below: "public/"))
    #expect(Self.alice.allows([.get, .list], below: "public/"))
    #expect(!Self.alice.allows([.get], below: ""))
  }
}
