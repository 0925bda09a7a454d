// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Records

struct RecordModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "Show the models, their fields, and which of them hold files.",
    discussion: "Reads the file with the models only, and makes no request.")

  @Flag(help: "Print a JSON object for each model.")
  var json = false

  @OptionGroup var options: RecordOptions

  private struct Model: Encodable {
    struct Field: Encodable {
      var name: String
      var type: String
      var isReadOnly: Bool
      /// Of a field that holds paths.
      var template: String?
    }

    struct Child: Encodable {
      var model: String
      var field: String
    }

    var model: String
    var key: String
    var fields: [Field]
    var children: [Child]
  }

  func run() throws {
    let schema: RecordSchema
    do {
      schema = try RecordPlace.schema(options)
    } catch {
      throw CommandFailure(anyOf: error)
    }
    for name in schema.modelNames {
      let model = try RecordModelsCommand.describe(try schema.model(name))
      print(json ? try JSONLine.text(model) : RecordModelsCommand.text(model))
    }
  }

  private static func describe(_ model: RecordModel) throws -> Model {
    Model(
      model: model.name, key: model.keyName,
      fields: model.fields.map { field in
        Model.Field(
          name: field.name, type: field.typeText, isReadOnly: field.isReadOnly,
          template: model.attachments.first { $0.name == field.name }?.template.text)
      }, children: model.children.map { Model.Child(model: $0.model, field: $0.field) })
  }

  private static func text(_ model: Model) -> String {
    let rows = model.fields.map { field in
      var notes: [String] = []
      if field.name == model.key { notes.append("tells the record") }
      if field.isReadOnly { notes.append("set by the store") }
      if let template = field.template { notes.append("files at \(template)") }
      return [field.name, field.type, notes.joined(separator: ", ")].map(ObjectText.printable)
    }
    let table = TextTable(titles: ["", "", ""], rows: rows, width: nil)
    return
      ([ObjectText.printable(model.model)] + rows.map { "  " + table.line($0) }
      + model.children.map { ObjectText.printable("  \($0.model) records belong to it, by \($0.field)") })
      .joined(separator: "\n")
  }
}
