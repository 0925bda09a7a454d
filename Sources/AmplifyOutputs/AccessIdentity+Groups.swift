// SPDX-License-Identifier: Apache-2.0

extension AccessIdentity.Role {
  /// The role that the identity pool gives somebody who is signed in.
  ///
  /// - Parameters:
  ///   - groups: to which the user belongs.
  ///   - auth: knows the precedence of groups. Groups that it does not know have no role.
  package init(groups: [String], auth: AmplifyOutputs.Auth) {
    // Of several minima this is the first.
    let first = auth.groups.filter { groups.contains($0.name) }.min { $0.precedence < $1.precedence }
    self = first.map { .group($0.name) } ?? .authenticated
  }
}
