// SPDX-License-Identifier: Apache-2.0

/// What the file says of the models of the data service (`data.model_introspection`).
package struct ModelIntrospection: Sendable, Equatable {
  /// By name.
  package var models: [String: Model]
  /// Types of fields that are no models of their own, by name.
  package var nonModels: [String: NonModel]
  /// The values of each enumeration, in the order of the schema, by name.
  package var enums: [String: [String]]

  /// A kind of record.
  package struct Model: Sendable, Equatable {
    /// For example `Song`.
    package var name: String
    /// For example `Songs`: the list query is named after it.
    package var pluralName: String
    /// By name.
    package var fields: [String: ModelField]
    package var primaryKey: PrimaryKey
    /// Who may do what; empty when the file does not say.
    package var authorization: [AuthorizationRule]
  }

  /// The fields that tell a record from all others.
  package struct PrimaryKey: Sendable, Equatable {
    /// Whether the app gives it, as opposed to an `id` that the service makes.
    package var isCustom: Bool
    /// For example `id`.
    package var fieldName: String
    package var sortKeyFieldNames: [String]
  }

  /// A structure within a record.
  package struct NonModel: Sendable, Equatable {
    package var name: String
    /// By name.
    package var fields: [String: ModelField]
  }

  /// One rule of a model, in the words of the schema.
  package struct AuthorizationRule: Sendable, Equatable {
    /// `public`, `private`, `owner`, `groups` or `custom`.
    package var allow: String
    /// `apiKey`, `userPools`, `iam`, `identityPool`, `oidc` or `function`; nil for the default one.
    package var provider: String?
    /// Of `owner`: the field that names the owner.
    package var ownerField: String?
    /// Of `groups`: these.
    package var groups: [String]
    /// `create`, `read`, `update`, `delete`, `get`, `list`, …; empty for all.
    package var operations: [String]
  }
}
