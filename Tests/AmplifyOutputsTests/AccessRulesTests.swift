// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs

@Suite("Access rules")
struct AccessRulesTests {
  @Test("Without paths nothing is granted")
  func empty() {
    #expect(!AccessRules([], for: AccessIdentity(role: .guest, identityID: nil)).allows(.get, "a"))
  }
}
