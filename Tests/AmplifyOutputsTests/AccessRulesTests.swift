// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs

/// reference: the matrix of the Amplify page "Customize authorization rules", and storage_access_orchestrator.test.ts.
@Suite("Access rules")
struct AccessRulesTests {
  /// Rules as in a file, without the word for the bucket: `["foo/*": ["guest": "get list"]]`.
  typealias Paths = [String: [String: String]]

  static let me = "eu-west-1:11111111-2222-3333-4444-555555555555"
  static let other = "eu-west-1:99999999-8888-7777-6666-555555555555"
  static let mine = "${cognito-identity.amazonaws.com:sub}"
  static let all: Set<StorageAction> = [.get, .list, .write, .delete]
  static let read: Set<StorageAction> = [.get, .list]

  private func rules(_ paths: Paths, as role: AccessIdentity.Role, identity: String? = me) -> AccessRules {
    AccessRules(AccessPath.table(paths), for: AccessIdentity(role: role, identityID: identity))
  }

  /// What is granted below a prefix: the same for its objects and for itself.
  private func granted(_ rules: AccessRules, _ prefix: String) -> Set<StorageAction> {
    let below = Set(StorageAction.allCases.filter { rules.allows($0, prefix + "some/key") })
    let itself = Set(StorageAction.allCases.filter { rules.allows($0, prefix) })
    #expect(below == itself, "\(prefix)")
    return below
  }

  @Test("Without paths nothing is granted, and only the root is there")
  func empty() {
    let rules = rules([:], as: .guest)
    #expect(granted(rules, "a/") == [] && granted(rules, "") == [])
    #expect(rules.leadingNames(in: "") == [] && rules.leads(through: "") && !rules.leads(through: "a/"))
  }

  /// The matrix of the page.
  static let page: Paths = [
    "foo/*": ["authenticated": "get list write delete"], "foo/bar/*": ["guest": "get list"],
    "foo/baz/*": ["authenticated": "get list"],
    "other/*": ["guest": "get list", "authenticated": "get list write"],
  ]

  @Test(
    "A path below another overrides it, for every role",
    arguments: [
      (.authenticated, "foo/", all), (.authenticated, "foo/bar/", []), (.authenticated, "foo/baz/", read),
      (.authenticated, "other/", [.get, .list, .write]), (.authenticated, "", []), (.authenticated, "fo/", []),
      (.guest, "foo/", []), (.guest, "foo/bar/", read), (.guest, "foo/baz/", []), (.guest, "other/", read),
      (.guest, "foo/bar/deep/er/", read), (.guest, "foo/barrier/", []), (.authenticated, "foo/barrier/", all),
      (.group("admin"), "foo/", []), (.group("admin"), "foo/bar/", []), (.group("admin"), "other/", []),
    ] as [(AccessIdentity.Role, String, Set<StorageAction>)])
  func matrix(role: AccessIdentity.Role, prefix: String, actions: Set<StorageAction>) {
    #expect(granted(rules(Self.page, as: role), prefix) == actions)
  }

  /// The example of the reference: role1 has get and write on foo, only role2 is named at foo/bar, role1 may get at foo/baz.
  @Test("A role that a longer path does not name has nothing there")
  func parentAndChild() {
    let paths: Paths = [
      "foo/*": ["groupsrole1": "get write"], "foo/bar/*": ["groupsrole2": "get"], "foo/baz/*": ["groupsrole1": "get"],
    ]
    let first = rules(paths, as: .group("role1"))
    let second = rules(paths, as: .group("role2"))
    #expect(granted(first, "foo/") == [.get, .write])
    #expect(granted(first, "foo/bar/") == [])
    #expect(granted(first, "foo/baz/") == [.get])
    #expect(granted(second, "foo/") == [])
    #expect(granted(second, "foo/bar/") == [.get])
    #expect(granted(second, "foo/baz/") == [])
  }

  /// `public`, `protected` and `private` as in the first generation of Amplify.
  static let folders: Paths = [
    "public/*": ["guest": "get list", "authenticated": "get list write delete"],
    "protected/*": ["authenticated": "get list", "groupsstaff": "get"],
    "protected/\(mine)/*": ["entityidentity": "write delete"],
    "private/\(mine)/*": ["entityidentity": "get list write delete"],
  ]

  @Test(
    "In the own folder the rules for everybody's folders apply too; others' private folders are closed",
    arguments: [
      (.authenticated, "protected/\(me)/", all), (.authenticated, "protected/\(other)/", read),
      (.authenticated, "protected/", read), (.authenticated, "private/\(me)/", all),
      (.authenticated, "private/\(other)/", []), (.authenticated, "private/", []),
      (.guest, "protected/\(me)/", []), (.guest, "private/\(me)/", []), (.guest, "public/", read),
      // A member of a group has no folder of its own, but what its group has in everybody's.
      (.group("staff"), "protected/\(me)/", [.get]), (.group("staff"), "protected/\(other)/", [.get]),
      (.group("staff"), "private/\(me)/", []), (.group("staff"), "public/", []),
    ] as [(AccessIdentity.Role, String, Set<StorageAction>)])
  func ownFolders(role: AccessIdentity.Role, prefix: String, actions: Set<StorageAction>) {
    #expect(granted(rules(Self.folders, as: role), prefix) == actions)
  }

  @Test("Without an identity there is no own folder")
  func noIdentity() {
    for identity in [nil, ""] {
      let rules = rules(Self.folders, as: .authenticated, identity: identity)
      #expect(granted(rules, "protected/\(Self.me)/") == Self.read)
      #expect(granted(rules, "private/\(Self.me)/") == [] && granted(rules, "private//") == [])
      #expect(rules.leadingNames(in: "") == ["protected", "public"] && rules.leadingNames(in: "private/") == [])
    }
  }

  @Test(
    "The placeholder of defineStorage means the same, and a folder below another path follows the rule of longer paths")
  func placeholder() {
    let rules = rules(
      ["a/*": ["authenticated": "get"], "a/b/{entity_id}/*": ["entityidentity": "write"]], as: .authenticated)
    #expect(granted(rules, "a/b/\(Self.me)/") == [.write])
    #expect(granted(rules, "a/b/\(Self.other)/") == [.get])
  }

  @Test("A whole bucket can be granted, its root included")
  func wholeBucket() {
    let rules = rules(["*": ["guest": "get list"], "closed/*": ["authenticated": "get"]], as: .guest)
    #expect(granted(rules, "") == Self.read && granted(rules, "any/") == Self.read && granted(rules, "closed/") == [])
    #expect(rules.leadingNames(in: "") == [] && rules.leads(through: ""))
  }

  @Test("A directory itself is not below it without its slash")
  func slash() {
    let rules = rules(Self.page, as: .guest)
    #expect(!rules.allows(.list, "other") && rules.allows(.list, "other/") && !rules.allows(.get, "other"))
    #expect(rules.allows(.get, "other/") && rules.allows(.get, "other//a") && rules.allows(.get, "other/.."))
  }

  @Test("Two spellings of a character are two keys, as to a store")
  func bytes() {
    let rules = rules(["caf\u{e9}/*": ["guest": "get"]], as: .guest)
    #expect(rules.allows(.get, "caf\u{e9}/a") && !rules.allows(.get, "cafe\u{301}/a"))
    #expect(rules.allows(.get, "caf\u{e9}/\u{301}a") && rules.leads(through: "caf\u{e9}/"))
    #expect(!rules.leads(through: "cafe\u{301}/"))
  }

  @Test("Only directories on the way to something that is granted are named, in order, once")
  func leading() {
    let paths: Paths = [
      "a/b/c/*": ["guest": "get"], "a/b/d/*": ["guest": "list"], "a-b/*": ["guest": "get"],
      "z/*": ["authenticated": "get"],
      "a/x/*": ["guest": ""], "teams/{entity_id}/*": ["entityidentity": "get"], "a/b/c/no/*": ["authenticated": "get"],
    ]
    let guest = rules(paths, as: .guest)
    #expect(guest.leadingNames(in: "") == ["a", "a-b"])
    #expect(guest.leadingNames(in: "a/") == ["b"] && guest.leadingNames(in: "a/b/") == ["c", "d"])
    #expect(guest.leadingNames(in: "a/b/c/") == [] && guest.leadingNames(in: "z/") == [])
    #expect(guest.leads(through: "a/") && guest.leads(through: "a/b/c/") && !guest.leads(through: "a/b/c/no/"))
    #expect(!guest.leads(through: "a/x/") && !guest.leads(through: "z/") && !guest.leads(through: "teams/"))
    let user = rules(paths, as: .authenticated)
    #expect(user.leadingNames(in: "") == ["a", "teams", "z"] && user.leadingNames(in: "teams/") == [Self.me])
    #expect(user.leadingNames(in: "a/b/c/") == ["no"] && user.leads(through: "teams/\(Self.me)/"))
    #expect(!user.leads(through: "teams/\(Self.other)/"))
  }
}

extension AccessPath {
  /// From a table of paths to rule keys to words of actions.
  static func table(_ paths: [String: [String: String]]) -> [AccessPath] {
    paths.map { path, rules in
      AccessPath(
        prefix: String(path.dropLast()),
        rules: rules.mapValues { Set($0.split(separator: " ").compactMap { StorageAction(rawValue: String($0)) }) })
    }
  }
}
