// SPDX-License-Identifier: Apache-2.0

extension ModelField {
  /// The fields of a model or of a structure.
  static func fields(of owner: JSONObject) throws(AmplifyOutputsError) -> [String: ModelField] {
    let entries = try owner.object("fields")
    var fields: [String: ModelField] = [:]
    for name in entries.keys { fields[name] = try ModelField(entries.object(name)) }
    return fields
  }

  init(_ field: JSONObject) throws(AmplifyOutputsError) {
    name = try field.text("name")
    type = try Kind(of: field)
    isArray = try field.optional("isArray") ?? false
    isRequired = try field.optional("isRequired") ?? false
    isArrayNullable = try field.optional("isArrayNullable") ?? false
    isReadOnly = try field.optional("isReadOnly") ?? false
    association = try field.optionalObject("association").map { (association) throws(AmplifyOutputsError) in
      try Association(association)
    }
  }
}

extension ModelField.Kind {
  /// `"String"`, `{"enum": "Genre"}`, `{"model": "Song"}` or `{"nonModel": "Place"}`.
  fileprivate init(of field: JSONObject) throws(AmplifyOutputsError) {
    if let scalar = try? field.optionalText("type") {
      self = .scalar(scalar)
      return
    }
    guard field.kind("type") == .object else { throw Self.problem(field) }
    let type = try field.object("type")
    if let name = try type.optionalText("enum") {
      self = .enumeration(name)
    } else if let name = try type.optionalText("model") {
      self = .model(name)
    } else if let name = try type.optionalText("nonModel") {
      self = .nonModel(name)
    } else {
      throw Self.problem(field)
    }
  }

  private static func problem(_ field: JSONObject) -> AmplifyOutputsError {
    field.error(
      "type",
      "expected a scalar's name, or an object with enum, model or nonModel; \(AmplifyOutputsError.regenerate)")
  }
}

extension ModelField.Association {
  fileprivate init(_ association: JSONObject) throws(AmplifyOutputsError) {
    let word = try association.text("connectionType")
    guard let connection = Connection(rawValue: word) else {
      let known = Connection.allCases.map(\.rawValue).joined(separator: ", ")
      throw association.error(
        "connectionType",
        "\(JSONPath.quoted(word)) is unknown here, expected one of \(known); \(AmplifyOutputsError.regenerate)")
    }
    self.connection = connection
    associatedWith = try association.optionalTexts("associatedWith") ?? []
    targetNames = try association.optionalTexts("targetNames") ?? []
  }
}
