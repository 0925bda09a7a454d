// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs

@Suite("Access rules of what is below a directory")
struct AccessTreeTests {
  private static let paths = [
    AccessPath(prefix: "public/", rules: ["authenticated": [.get, .list, .write], "guest": [.get]]),
    AccessPath(prefix: "public/drafts/", rules: ["authenticated": [.get]]),
    AccessPath(prefix: "private/${cognito-identity.amazonaws.com:sub}/", rules: ["entityidentity": [.get]]),
    AccessPath(prefix: "inbox/", rules: ["authenticated": [.write]]),
    AccessPath(prefix: "a/b/c/", rules: ["groupsadmin": [.get], "authenticated": [.list]]),
  ]

  private let alice = AccessRules(Self.paths, for: AccessIdentity(role: .authenticated, identityID: "eu:alice"))
  private let guest = AccessRules(Self.paths, for: AccessIdentity(role: .guest, identityID: nil))

  @Test("Rules mention what they name, what leads there, and everybody's folder", arguments: ["alice", "guest"])
  func mentions(who: String) {
    let rules = who == "alice" ? alice : guest
    for directory in [
      "public/", "public/drafts/", "private/", "private/eu:bob/", "private/eu:alice/", "a/", "a/b/", "a/b/c/",
    ] {
      #expect(rules.mentions(directory), "\(directory)")
    }
    for directory in ["publi/", "public/other/", "public/drafts/x/", "b/", "a/b/c/d/", "private/eu:bob/x/"] {
      #expect(!rules.mentions(directory), "\(directory)")
    }
  }

  @Test("Names are shown where they are listed or lead to something")
  func names() {
    for directory in ["", "public/", "public/x/", "private/", "a/", "a/b/", "a/b/c/"] {
      #expect(alice.showsNames(in: directory), "\(directory)")
    }
    for directory in ["public/drafts/", "private/eu:alice/", "private/eu:bob/", "inbox/", "inbox/x/", "other/"] {
      #expect(!alice.showsNames(in: directory), "\(directory)")
    }
    #expect(guest.showsNames(in: ""))
    // A path below that is for others leads a guest nowhere.
    #expect(!guest.showsNames(in: "public/"))
  }

  @Test("What is granted on a directory has to be granted on every path below it")
  func below() {
    #expect(alice.allows([.get], below: "public/"))
    #expect(!alice.allows([.get, .list], below: "public/"))
    #expect(alice.allows([.get, .list, .write], below: "public/x/"))
    #expect(!alice.allows([.get], below: "private/"))
    #expect(!guest.allows([.get], below: "public/"))
    #expect(guest.allows([.get], below: "public/x/"))
  }
}
