// SPDX-License-Identifier: Apache-2.0

extension ModelIntrospection {
  init(_ schema: JSONObject) throws(AmplifyOutputsError) {
    if let version = try schema.optional("version", Int.self), version != 1 {
      throw schema.error("version", "\(version) is unknown here, expected 1; update Pail")
    }
    models = [:]
    if let entries = try schema.optionalObject("models") {
      for name in entries.keys { models[name] = try Model(entries.object(name)) }
    }
    nonModels = [:]
    if let entries = try schema.optionalObject("nonModels") {
      for name in entries.keys {
        let entry = try entries.object(name)
        nonModels[name] = NonModel(name: try entry.text("name"), fields: try ModelField.fields(of: entry))
      }
    }
    enums = [:]
    if let entries = try schema.optionalObject("enums") {
      for name in entries.keys { enums[name] = try entries.object(name).texts("values") }
    }
  }
}

extension ModelIntrospection.Model {
  init(_ model: JSONObject) throws(AmplifyOutputsError) {
    name = try model.text("name")
    pluralName = try model.text("pluralName")
    fields = try ModelField.fields(of: model)
    let key = try model.object("primaryKeyInfo")
    primaryKey = .init(
      isCustom: try key.required("isCustomPrimaryKey"), fieldName: try key.text("primaryKeyFieldName"),
      sortKeyFieldNames: try key.optionalTexts("sortKeyFieldNames") ?? [])
    authorization = []
    for attribute in try model.objects("attributes") where try attribute.text("type") == "auth" {
      for rule in try attribute.optionalObject("properties")?.objects("rules") ?? [] {
        authorization.append(try .init(rule))
      }
    }
  }
}

extension ModelIntrospection.AuthorizationRule {
  init(_ rule: JSONObject) throws(AmplifyOutputsError) {
    allow = try rule.text("allow")
    provider = try rule.optionalText("provider")
    ownerField = try rule.optionalText("ownerField")
    groups = try rule.optionalTexts("groups") ?? []
    operations = try rule.optionalTexts("operations") ?? []
  }
}
