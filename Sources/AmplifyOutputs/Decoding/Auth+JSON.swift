// SPDX-License-Identifier: Apache-2.0

extension AmplifyOutputs.Auth {
  init(_ auth: JSONObject) throws(AmplifyOutputsError) {
    region = try auth.text("aws_region")
    userPoolID = try auth.text("user_pool_id")
    userPoolClientID = try auth.text("user_pool_client_id")
    identityPoolID = try auth.optionalText("identity_pool_id")
    // The schema says that it is true when absent; Amplify's libraries take it as false.
    allowsGuests = try auth.optional("unauthenticated_identities_enabled") ?? false
    groups = []
    for entry in try auth.objects("groups") {
      for name in entry.keys {
        let precedence = try entry.object(name).required("precedence", Int.self)
        groups.append(AmplifyOutputs.Group(name: name, precedence: precedence))
      }
    }
  }
}
