// SPDX-License-Identifier: Apache-2.0
//
// The schema that an app has deployed, from `data.model_introspection` of its amplify_outputs.json; or one of the same shape, for
// records without a backend. Pure, but for reading the file.

package import AmplifyOutputs

extension RecordSchema {
  /// The models of an Amplify project, or of a file that has only such models.
  ///
  /// - Parameter path: of `amplify_outputs.json`, or of a JSON file with what that has below `data.model_introspection`.
  /// - Throws: "InvalidSchema", with the place in the file.
  public init(path: String, attachments rules: AttachmentRules = AttachmentRules()) throws(RecordError) {
    let introspection: ModelIntrospection
    do throws(AmplifyOutputsError) {
      introspection = try ModelIntrospection.load(path: path)
    } catch {
      throw RecordError(.invalidSchema, error.description)
    }
    try self.init(introspection, attachments: rules)
  }

  /// - Throws: "InvalidSchema".
  package init(_ introspection: ModelIntrospection, attachments rules: AttachmentRules) throws(RecordError) {
    var models: [RecordModel] = []
    for name in introspection.models.keys.sorted() {
      guard let model = introspection.models[name] else { continue }
      models.append(try RecordModel(model, in: introspection))
    }
    try rules.check(models)
    for index in models.indices { models[index].attachments = try rules.attachments(of: models[index]) }
    try self.init(models: models)
  }
}

extension RecordModel {
  fileprivate init(_ model: ModelIntrospection.Model, in introspection: ModelIntrospection) throws(RecordError) {
    guard model.primaryKey.sortKeyFieldNames.isEmpty else {
      throw RecordError(
        .invalidSchema,
        "\(model.name) is told by several fields: \(model.primaryKey.fieldName), "
          + model.primaryKey.sortKeyFieldNames.joined(separator: ", "),
        remedy: "Records with files need one field that tells them apart: remove `.identifier([…])` from the model.")
    }
    let key = model.primaryKey.fieldName
    var fields: [RecordField] = []
    for name in model.fields.keys.sorted(by: { RecordModel.order($0, key) < RecordModel.order($1, key) }) {
      guard let field = model.fields[name], let known = RecordField(field, in: introspection, depth: 0) else {
        continue
      }
      fields.append(known)
    }
    let children = model.fields.values.compactMap { field -> Child? in
      guard let association = field.association, association.connection != .belongsTo,
        case .model(let child) = field.type,
        association.associatedWith.count == 1, let back = association.associatedWith.first
      else { return nil }
      // A field of the child that leads here, or the one that has the id itself.
      let target = introspection.models[child]?.fields[back]?.association?.targetNames
      return Child(model: child, field: target?.first ?? back)
    }
    self.init(
      model.name, pluralName: model.pluralName, keyName: key, fields: fields,
      children: children.sorted { ($0.model, $0.field) < ($1.model, $1.field) })
  }

  /// The key first, the times last, all others by name: the file's order is lost in reading JSON.
  private static func order(_ name: String, _ key: String) -> (Int, String) {
    switch name {
    case key: (0, name)
    case "createdAt", "updatedAt": (2, name)
    default: (1, name)
    }
  }
}

extension RecordField {
  /// nil for a field that leads to another model: it is no part of the record.
  fileprivate init?(_ field: ModelField, in introspection: ModelIntrospection, depth: Int) {
    let kind: Kind
    switch field.type {
    case .scalar(let name): kind = .scalar(name)
    case .enumeration(let name): kind = .enumeration(name: name, values: introspection.enums[name] ?? [])
    case .model: return nil
    case .nonModel(let name):
      // Structures may lead back to themselves; nobody nests deeper on purpose.
      guard depth < 5, let structure = introspection.nonModels[name] else { return nil }
      kind = .structure(
        name: name,
        fields: structure.fields.values.compactMap { RecordField($0, in: introspection, depth: depth + 1) }
          .sorted { $0.name < $1.name })
    }
    self.init(
      field.name, kind, isList: field.isArray, isRequired: field.isRequired,
      isListRequired: field.isArray && !field.isArrayNullable, isReadOnly: field.isReadOnly)
  }
}
