// SPDX-License-Identifier: Apache-2.0

extension AmplifyOutputs.Data {
  init(_ data: JSONObject) throws(AmplifyOutputsError) {
    region = try data.text("aws_region")
    url = try data.text("url")
    apiKey = try data.optionalText("api_key")
    let word = try data.text("default_authorization_type")
    guard let mode = AmplifyOutputs.AuthorizationMode(rawValue: word) else {
      let known = AmplifyOutputs.AuthorizationMode.allCases.map(\.rawValue).joined(separator: ", ")
      throw data.error(
        "default_authorization_type",
        "\(JSONPath.quoted(word)) is no way to authorize, expected one of \(known); \(AmplifyOutputsError.regenerate)")
    }
    defaultAuthorization = mode
    additionalAuthorizations = try (data.optionalTexts("authorization_types") ?? []).compactMap {
      AmplifyOutputs.AuthorizationMode(rawValue: $0)
    }
    modelIntrospection = try data.optionalObject("model_introspection").map { (schema) throws(AmplifyOutputsError) in
      try ModelIntrospection(schema)
    }
  }
}
