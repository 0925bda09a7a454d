// SPDX-License-Identifier: Apache-2.0

/// Which fields of a schema hold paths of files, and where those files are.
public struct AttachmentRules: Sendable, Hashable {
  /// `MODEL.FIELD`, each.
  public var fields: [String]
  /// Whether fields of texts named `…Path`, `…Key` and of lists named `…Paths`, `…Keys` do so, too.
  public var usesNames: Bool
  /// Where the files of all fields are that have no own template.
  public var template: PathTemplate
  /// By `MODEL.FIELD`.
  public var templates: [String: PathTemplate]

  public init(
    fields: [String] = [], usesNames: Bool = true, template: PathTemplate = .standard,
    templates: [String: PathTemplate] = [:]
  ) {
    self.fields = fields
    self.usesNames = usesNames
    self.template = template
    self.templates = templates
  }

  /// - Throws: "InvalidSchema" for a declaration of what is not there.
  func attachments(of model: RecordModel) throws(RecordError) -> [AttachmentField] {
    var found = model.attachments.filter { known in model.fields.contains { $0.name == known.name } }
    for field in model.fields {
      let name = "\(model.name).\(field.name)"
      let isDeclared = fields.contains(name) || templates[name] != nil
      guard isDeclared || usesNames && AttachmentField.isNamedLikeOne(field) else { continue }
      guard !found.contains(where: { $0.name == field.name }) else { continue }
      found.append(AttachmentField(field.name, isList: field.isList, template: templates[name] ?? template))
    }
    return found
  }

  /// - Throws: "InvalidSchema" for a declaration of what is not there.
  func check(_ models: [RecordModel]) throws(RecordError) {
    for name in fields + templates.keys.sorted() {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, let model = models.first(where: { $0.name == parts[0] }),
        model.field(String(parts[1])) != nil
      else {
        throw RecordError(
          .invalidSchema, "there is no field \(name)", remedy: "Name it as MODEL.FIELD: Song.coverArtPath.")
      }
    }
  }
}
