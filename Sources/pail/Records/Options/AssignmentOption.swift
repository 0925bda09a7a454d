// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

/// `NAME=VALUE`, the value as the schema has the field: a text as it stands, anything else in JSON. `NAME:=VALUE` is JSON for any field.
struct AssignmentOption: ExpressibleByArgument {
  let name: String
  let value: String
  let isJSON: Bool

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "=") else { return nil }
    let left = argument[..<equals]
    isJSON = left.hasSuffix(":")
    name = String(isJSON ? left.dropLast() : left)
    value = String(argument[argument.index(after: equals)...])
    if name.isEmpty { return nil }
  }

  /// - Throws: "InvalidValue" for a value of a number, a list or their like that is no JSON.
  func value(in model: RecordModel) throws(RecordError) -> RecordValue {
    guard isJSON || takesJSON(model.field(name)) else { return .string(value) }
    do {
      return try RecordValue(json: value)
    } catch {
      let type = model.field(name)?.typeText ?? "JSON"
      throw RecordError(
        .invalidValue, "\(model.name).\(name) is \(type), which \(value.prefix(60)) is not",
        remedy: "Numbers, true, false, null, lists and objects are written as JSON.")
    }
  }

  private func takesJSON(_ field: RecordField?) -> Bool {
    guard let field else { return false }
    if field.isList { return true }
    switch field.kind {
    case .scalar(let type): return ["Int", "Float", "Boolean", "AWSTimestamp"].contains(type)
    case .enumeration: return false
    case .structure: return true
    }
  }
}

/// `FIELD=PATH`
struct FileOption: ExpressibleByArgument {
  let field: String
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    field = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    if path.isEmpty { return nil }
  }
}

/// The fields of a record on a command line.
struct ValueOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A field's value: a text, or JSON for a number, true, false, null, a list. NAME:=JSON for a text field, too.",
      valueName: "name=value"))
  var assignments: [AssignmentOption] = []

  @Option(help: ArgumentHelp("The same as a JSON object; single ones win.", valueName: "json"))
  var values: String?

  /// - Throws: "InvalidValue"; `CommandFailure` for a field that is given twice.
  func values(in model: RecordModel) throws -> [String: RecordValue] {
    var result: [String: RecordValue] = [:]
    if let values {
      guard let members = try RecordValue(json: values).object else {
        throw CommandFailure.usage("--values takes a JSON object, such as '{\"name\": \"Blue\"}'")
      }
      result = members
    }
    var names: Set<String> = []
    for assignment in assignments {
      guard names.insert(assignment.name).inserted else {
        throw CommandFailure.usage("\(ObjectText.printable(assignment.name)) is given twice")
      }
      result[assignment.name] = try assignment.value(in: model)
    }
    return result
  }
}

extension RecordFilter {
  /// - Parameter option: for the message: `--filter`.
  init?(json text: String?, option: String) throws {
    guard let text else { return nil }
    do {
      self = try RecordFilter(RecordValue(json: text))
    } catch {
      throw CommandFailure("\(option): \(CommandFailure(error))")
    }
  }
}
