// SPDX-License-Identifier: Apache-2.0

/// A field that holds the path of a file, or a list of such paths.
public struct AttachmentField: Sendable, Hashable {
  public var name: String
  /// A list of paths, as opposed to one.
  public var isList: Bool
  /// Where its files are.
  public var template: PathTemplate

  public init(_ name: String, isList: Bool, template: PathTemplate = .standard) {
    self.name = name
    self.isList = isList
    self.template = template
  }

  /// Whether a path is where the files of this field are. What is elsewhere is never deleted, nor taken for gone: an app may have
  /// written anything into the field.
  func covers(_ path: String) -> Bool {
    let prefix = template.prefix
    return path.utf8.starts(with: prefix.utf8) && path.utf8.count > prefix.utf8.count && !path.hasPrefix("/")
      && !path.hasSuffix("/")
  }

  /// Whether a field of that name and type looks like one that holds paths.
  static func isNamedLikeOne(_ field: RecordField) -> Bool {
    guard canBeOne(field) else { return false }
    return (field.isList ? ["Paths", "Keys"] : ["Path", "Key"]).contains {
      field.name.hasSuffix($0) && field.name != $0
    }
  }

  /// Whether its type is one of texts, and not an id.
  static func canBeOne(_ field: RecordField) -> Bool {
    !field.isReadOnly && field.kind == .scalar("String")
  }
}
