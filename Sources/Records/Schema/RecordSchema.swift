// SPDX-License-Identifier: Apache-2.0

/// The models that records are of.
public struct RecordSchema: Sendable, Hashable {
  /// By name.
  public private(set) var models: [String: RecordModel]

  /// - Throws: "InvalidSchema" for two models of one name, or a field that cannot be what it is declared to be.
  public init(models: [RecordModel]) throws(RecordError) {
    self.models = [:]
    for model in models {
      guard self.models.updateValue(model, forKey: model.name) == nil else {
        throw RecordError(.invalidSchema, "there are two models \(model.name)")
      }
      try RecordSchema.check(model)
    }
  }

  /// In alphabetical order.
  public var modelNames: [String] { models.keys.sorted() }

  /// - Throws: "UnknownModel".
  public func model(_ name: String) throws(RecordError) -> RecordModel {
    if let model = models[name] { return model }
    throw RecordError(
      .unknownModel, "there is no model \(name)",
      remedy: models.isEmpty ? "The schema has none." : "There are: \(modelNames.joined(separator: ", ")).")
  }

  private static func check(_ model: RecordModel) throws(RecordError) {
    guard let key = model.field(model.keyName), !key.isList, ["ID", "String"].contains(key.kind.name) else {
      throw RecordError(.invalidSchema, "\(model.name) has no field \(model.keyName) of type ID")
    }
    var names: Set<String> = []
    for field in model.fields where !names.insert(field.name).inserted {
      throw RecordError(.invalidSchema, "\(model.name) has two fields \(field.name)")
    }
    for attachment in model.attachments {
      guard let field = model.field(attachment.name) else { throw model.unknown(attachment.name) }
      guard AttachmentField.canBeOne(field) || field.kind == .scalar("AWSURL"), field.isList == attachment.isList else {
        throw RecordError(
          .invalidSchema,
          "\(model.name).\(field.name) is \(field.typeText): only String and [String] hold paths of files")
      }
    }
  }
}
