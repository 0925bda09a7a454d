// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs

@Suite("The role of somebody who is signed in")
struct RoleTests {
  private let auth = AmplifyOutputs.Auth(
    region: "eu-west-1", userPoolID: "eu-west-1_A", userPoolClientID: "c", identityPoolID: nil, allowsGuests: false,
    groups: [
      .init(name: "staff", precedence: 2), .init(name: "admin", precedence: 0), .init(name: "first", precedence: 1),
      .init(name: "second", precedence: 1),
    ])

  @Test(
    "The group with the lowest precedence counts; a group that the file does not know has no role",
    arguments: [
      ([], .authenticated), (["strangers"], .authenticated), (["staff"], .group("staff")),
      (["staff", "admin"], .group("admin")), (["second", "first", "staff"], .group("first")),
      (["strangers", "staff"], .group("staff")), (["adm"], .authenticated), (["administrators"], .authenticated),
    ] as [([String], AccessIdentity.Role)])
  func role(groups: [String], role: AccessIdentity.Role) {
    #expect(AccessIdentity.Role(groups: groups, auth: auth) == role)
  }
}
