// SPDX-License-Identifier: Apache-2.0
//
// The documents that Amplify's Data client sends (amplify-category-api/-data: APIClient.ts, and the snapshots of its integration
// tests), with one thing more: the argument `condition` of the generated schema, where there is a condition. Pure.

/// One operation: a GraphQL document with one field, and its variables.
struct AppSyncOperation: Sendable, Equatable {
  /// The field that is asked for: `createSong`.
  let name: String
  let isMutation: Bool
  let document: String
  let variables: [String: RecordValue]

  private init(
    _ name: String, isMutation: Bool = false, selection: String,
    arguments: [(name: String, type: String, value: RecordValue)]
  ) {
    self.name = name
    self.isMutation = isMutation
    let declared = arguments.map { "$\($0.name): \($0.type)" }.joined(separator: ",")
    let passed = arguments.map { "\($0.name): $\($0.name)" }.joined(separator: ",")
    document = "\(isMutation ? "mutation" : "query")(\(declared)) { \(name)(\(passed)) { \(selection) } }"
    variables = Dictionary(arguments.map { ($0.name, $0.value) }) { _, last in last }
  }

  /// - Parameter values: nulls are left out.
  static func create(_ model: RecordModel, id: String, values: [String: RecordValue]) -> AppSyncOperation {
    mutation("create", model, input: model.input(id, values.filter { !$0.value.isNull }), condition: nil)
  }

  static func update(
    _ model: RecordModel, id: String, values: [String: RecordValue], if condition: RecordFilter?
  ) -> AppSyncOperation {
    mutation("update", model, input: model.input(id, values), condition: condition)
  }

  static func delete(_ model: RecordModel, id: String, if condition: RecordFilter?) -> AppSyncOperation {
    mutation("delete", model, input: model.input(id, [:]), condition: condition)
  }

  static func get(_ model: RecordModel, id: String) -> AppSyncOperation {
    AppSyncOperation(
      "get\(model.typeName)", selection: model.selection,
      arguments: [(model.keyName, "\(model.field(model.keyName)?.kind.name ?? "ID")!", .string(id))])
  }

  static func list(_ model: RecordModel, filter: RecordFilter?, limit: Int?, nextToken: String?) -> AppSyncOperation {
    var arguments: [(name: String, type: String, value: RecordValue)] = []
    if let filter = filter?.withoutEmptyParts {
      arguments.append(("filter", "Model\(model.typeName)FilterInput", filter.value))
    }
    if let limit { arguments.append(("limit", "Int", .int(Int64(limit)))) }
    if let nextToken { arguments.append(("nextToken", "String", .string(nextToken))) }
    return AppSyncOperation(
      "list\(model.pluralTypeName)", selection: "items { \(model.selection) } nextToken __typename",
      arguments: arguments)
  }

  private static func mutation(
    _ verb: String, _ model: RecordModel, input: RecordValue, condition: RecordFilter?
  ) -> AppSyncOperation {
    let type = "\(verb.prefix(1).uppercased())\(verb.dropFirst())\(model.typeName)Input!"
    var arguments: [(name: String, type: String, value: RecordValue)] = [("input", type, input)]
    if let condition = condition?.withoutEmptyParts {
      arguments.append(("condition", "Model\(model.typeName)ConditionInput", condition.value))
    }
    return AppSyncOperation(
      "\(verb)\(model.typeName)", isMutation: true, selection: model.selection, arguments: arguments)
  }

  /// What is posted.
  var body: [UInt8] {
    RecordValue.object(["query": .string(document), "variables": .object(variables)]).jsonBytes()
  }
}

extension RecordModel {
  fileprivate var typeName: String { RecordModel.capitalized(name) }
  fileprivate var pluralTypeName: String { RecordModel.capitalized(pluralName) }
  fileprivate var selection: String { RecordField.selection(of: fields) }

  fileprivate func input(_ id: String, _ values: [String: RecordValue]) -> RecordValue {
    .object(values.merging([keyName: .string(id)]) { _, id in id })
  }

  private static func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }
}

extension RecordField {
  /// All of them, in their order; the members of structures in braces.
  fileprivate static func selection(of fields: [RecordField]) -> String {
    fields.compactMap { field -> String? in
      guard case .structure(_, let members) = field.kind else { return field.name }
      let inner = selection(of: members)
      return inner.isEmpty ? nil : "\(field.name) { \(inner) }"
    }.joined(separator: " ")
  }
}

extension RecordFilter {
  /// The same filter without parts that always hold, which AppSync would write as an empty expression; nil when nothing is left.
  fileprivate var withoutEmptyParts: RecordFilter? {
    switch self {
    case .field, .not: return self
    case .and(let filters):
      let parts = filters.compactMap(\.withoutEmptyParts)
      return parts.isEmpty ? nil : parts.count == 1 ? parts[0] : .and(parts)
    case .or(let filters):
      let parts = filters.map(\.withoutEmptyParts)
      return parts.contains(nil) ? nil : .or(parts.compactMap { $0 })
    }
  }
}
