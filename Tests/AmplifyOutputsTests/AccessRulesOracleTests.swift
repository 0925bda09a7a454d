// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import AmplifyOutputs

/// The policies that `defineStorage` generates, by its own steps: an allow set and a deny set for each action of each role.
/// reference: amplify-backend, storage_access_orchestrator.ts.
private struct GeneratedPolicy {
  private var allow: [StorageAction: Set<String>] = [:]
  private var deny: [StorageAction: Set<String>] = [:]

  /// - Parameters:
  ///   - paths: by prefix, as in the file.
  ///   - keys: the rule keys that make the role.
  init(_ paths: [String: [String: Set<StorageAction>]], keys: [String]) {
    for (prefix, rules) in paths {
      for action in keys.reduce(into: Set<StorageAction>(), { $0.formUnion(rules[$1] ?? []) }) {
        allow[action, default: []].insert(prefix)
      }
    }
    for prefix in paths.keys {
      guard let parent = paths.keys.first(where: { $0 != prefix && prefix.hasPrefix($0) }),
        parent != prefix.replacing("ME/", with: "")
      else { continue }
      for (action, prefixes) in allow where prefixes.contains(parent) && !prefixes.contains(prefix) {
        deny[action, default: []].insert(prefix)
      }
    }
  }

  func allows(_ action: StorageAction, _ key: String) -> Bool {
    func matches(_ set: Set<String>?) -> Bool { set?.contains { key.hasPrefix($0) } ?? false }
    return matches(allow[action]) && !matches(deny[action])
  }
}

@Suite("Access rules against the generated policies")
struct AccessRulesOracleTests {
  private static let keys = ["guest", "authenticated", "groupsa", "groupsb", "entityidentity"]
  private static let roles: [(AccessIdentity.Role, [String])] = [
    (.guest, ["guest"]), (.authenticated, ["authenticated", "entityidentity"]), (.group("a"), ["groupsa"]),
    (.group("b"), ["groupsb"]),
  ]

  /// Paths as defineStorage takes them: one may have one other above it; of an own folder that is its base.
  private static func paths(_ random: inout SplitMix) -> [String: [String: Set<StorageAction>]] {
    var paths: [String: [String: Set<StorageAction>]] = [:]
    func rules(_ random: inout SplitMix, of keys: [String]) -> [String: Set<StorageAction>] {
      var rules: [String: Set<StorageAction>] = [:]
      for key in keys where Bool.random(using: &random) {
        rules[key] = Set(StorageAction.allCases.filter { _ in Bool.random(using: &random) })
      }
      return rules
    }
    for parent in ["p/", "q/", "r/"] where Bool.random(using: &random) {
      paths[parent] = rules(&random, of: Array(keys.dropLast()))
      for child in ["x/", "xy/", "y/z/"] where Bool.random(using: &random) {
        paths[parent + child] = rules(&random, of: Array(keys.dropLast()))
      }
    }
    if Bool.random(using: &random) { paths["own/"] = rules(&random, of: Array(keys.dropLast())) }
    if Bool.random(using: &random) { paths["own/ME/"] = rules(&random, of: [keys.last!]) }
    return paths
  }

  @Test("Any rules give what the policies of the role give", arguments: 0..<40)
  func random(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    for _ in 0..<20 {
      let paths = Self.paths(&random)
      let file = paths.sorted { $0.key < $1.key }.map {
        AccessPath(prefix: $0.replacing("ME", with: "{entity_id}"), rules: $1)
      }.shuffled(using: &random)
      for (role, keys) in Self.roles {
        let rules = AccessRules(file, for: AccessIdentity(role: role, identityID: "ME"))
        let policy = GeneratedPolicy(paths, keys: keys)
        for key in [
          "", "p/", "p/1", "p/x/", "p/x/1", "p/xy/1", "p/y/1", "p/y/z/1", "q/x/", "q/1", "r/y/z/", "own/", "own/ME/",
          "own/ME/1", "own/YOU/1", "s/",
        ] {
          for action in StorageAction.allCases where rules.allows(action, key) != policy.allows(action, key) {
            Issue.record("\(role) \(action) \(key): \(paths)")
          }
        }
      }
    }
  }
}
