// SPDX-License-Identifier: Apache-2.0

/// A kind of record: its fields, and which of them hold paths of files.
public struct RecordModel: Sendable, Hashable {
  /// For example `Song`.
  public var name: String
  /// For example `Songs`: the list query of AppSync is named after it.
  public var pluralName: String
  /// The id first, the times last.
  public var fields: [RecordField]
  /// The name of the field that tells a record from all others.
  public var keyName: String
  /// The fields that hold paths of files, in the order of ``fields``.
  public var attachments: [AttachmentField]
  /// Models whose records belong to one of this model, for a deletion with all that belongs to a record.
  public var children: [Child]

  /// Records that belong to one of another model.
  public struct Child: Sendable, Hashable {
    public var model: String
    /// The field of the child that has the id of the parent.
    public var field: String

    public init(model: String, field: String) {
      self.model = model
      self.field = field
    }
  }

  public init(
    _ name: String, pluralName: String? = nil, keyName: String = "id", fields: [RecordField],
    attachments: [AttachmentField] = [], children: [Child] = []
  ) {
    self.name = name
    self.pluralName = pluralName ?? name + "s"
    self.keyName = keyName
    self.fields = fields
    self.attachments = attachments
    self.children = children
  }

  public func field(_ name: String) -> RecordField? { fields.first { $0.name == name } }

  /// - Throws: "UnknownField", "NotAnAttachment".
  public func attachment(_ field: String) throws(RecordError) -> AttachmentField {
    if let attachment = attachments.first(where: { $0.name == field }) { return attachment }
    throw self.field(field) == nil
      ? unknown(field) : RecordError(.notAnAttachment, "\(name).\(field) holds no path of a file")
  }

  func unknown(_ field: String) -> RecordError {
    RecordError(
      .unknownField, "\(name) has no field \(field)", remedy: "It has: \(fields.map(\.name).joined(separator: ", ")).")
  }
}

extension RecordModel {
  enum Use { case creating, updating }

  /// Whether these values can be stored.
  ///
  /// - Parameter given: fields that get their values later.
  /// - Throws: "UnknownField", "ReadOnlyField", "InvalidValue", "MissingField".
  func check(_ values: [String: RecordValue], for use: Use, given: Set<String> = []) throws(RecordError) {
    for name in values.keys.sorted() {
      guard let field = field(name) else { throw unknown(name) }
      if field.isReadOnly { throw RecordError(.readOnlyField, "\(self.name).\(name) is set by the store") }
      if name == keyName {
        throw RecordError(.readOnlyField, "\(self.name).\(name) tells the record, and cannot be changed")
      }
      try field.check(values[name] ?? .null, at: "\(self.name).\(name)")
    }
    guard use == .creating else { return }
    for field in fields
    where field.isMandatory && !field.isReadOnly && field.name != keyName && !given.contains(field.name) {
      if values[field.name] == nil {
        throw RecordError(.missingField, "\(name).\(field.name) is missing: it is \(field.typeText)")
      }
    }
  }

  /// - Throws: "InvalidValue" for what cannot be an id, or not be part of a path.
  func check(id: String) throws(RecordError) {
    guard id.canBePathPart else {
      throw RecordError(
        .invalidValue, "\"\(id.prefix(40))\" cannot be an id: 1 to 255 bytes without slash and control characters")
    }
  }
}
