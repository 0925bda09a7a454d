// SPDX-License-Identifier: Apache-2.0

/// A field of a model, or of a structure within one.
public struct RecordField: Sendable, Hashable {
  /// What a field holds, or each element of its list.
  public indirect enum Kind: Sendable, Hashable {
    /// A scalar of GraphQL or AppSync: `ID`, `String`, `Int`, `AWSDateTime`, …
    case scalar(String)
    /// One of these.
    case enumeration(name: String, values: [String])
    case structure(name: String, fields: [RecordField])
  }

  public var name: String
  public var kind: Kind
  public var isList: Bool
  /// Of a field, or of the elements of a list: never null.
  public var isRequired: Bool
  /// Of a list: never null.
  public var isListRequired: Bool
  /// Set by the store.
  public var isReadOnly: Bool

  public init(
    _ name: String, _ kind: Kind, isList: Bool = false, isRequired: Bool = false, isListRequired: Bool = false,
    isReadOnly: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.isList = isList
    self.isRequired = isRequired
    self.isListRequired = isListRequired
    self.isReadOnly = isReadOnly
  }

  /// Whether every record has a value.
  var isMandatory: Bool { isList ? isListRequired : isRequired }

  /// As a schema writes it: `[String]`, `ID!`.
  public var typeText: String {
    let element = kind.name + (isRequired ? "!" : "")
    return isList ? "[\(element)]" + (isListRequired ? "!" : "") : element
  }
}

extension RecordField.Kind {
  public var name: String {
    switch self {
    case .scalar(let name), .enumeration(let name, _), .structure(let name, _): name
    }
  }
}
