// SPDX-License-Identifier: Apache-2.0

/// A field of a model, or of a structure within one.
package struct ModelField: Sendable, Equatable {
  package var name: String
  package var type: Kind
  package var isArray: Bool
  /// Of an array: whether its elements are there.
  package var isRequired: Bool
  /// Of an array: whether it may itself be absent.
  package var isArrayNullable: Bool
  /// Set by the service, such as `createdAt`.
  package var isReadOnly: Bool
  /// Of a field that leads to another model.
  package var association: Association?

  package enum Kind: Sendable, Equatable {
    /// `ID`, `String`, `Int`, `AWSDateTime`, …
    case scalar(String)
    case enumeration(String)
    case model(String)
    case nonModel(String)
  }

  /// How records of two models belong together.
  package struct Association: Sendable, Equatable {
    package enum Connection: String, Sendable, CaseIterable {
      case hasOne = "HAS_ONE"
      case hasMany = "HAS_MANY"
      case belongsTo = "BELONGS_TO"
    }

    package var connection: Connection
    /// Fields of the other model that point here.
    package var associatedWith: [String]
    /// Fields of this model that point there.
    package var targetNames: [String]
  }
}
