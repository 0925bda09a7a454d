// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The document that a GraphQL service answers with (https://spec.graphql.org/October2021/#sec-Response-Format), and what AWS puts
/// in its place when a request does not get as far.
struct GraphQLAnswer: Decodable {
  /// What is wrong, in the terms of AppSync.
  struct Problem: Decodable, Equatable {
    /// `DynamoDB:ConditionalCheckFailedException`, `Unauthorized`; nil for a document that does not fit the schema.
    var type: String?
    var message: String?
    /// The fields from the top that lead to the one that failed, with the places in lists: more than one after the operation
    /// itself was done.
    var depth: Int

    private enum CodingKeys: String, CodingKey { case errorType, message, path, extensions }
    private enum ExtensionKeys: String, CodingKey { case errorType }

    init(type: String?, message: String?, depth: Int = 0) {
      self.type = type
      self.message = message
      self.depth = depth
    }

    /// Takes whatever is there: that it is an error is sure.
    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      let inner = try? container.nestedContainer(keyedBy: ExtensionKeys.self, forKey: .extensions)
      type =
        (try? container.decodeIfPresent(String.self, forKey: .errorType))
        ?? (try? inner?.decodeIfPresent(String.self, forKey: .errorType))
      message = try? container.decodeIfPresent(String.self, forKey: .message)
      depth = (try? container.decodeIfPresent([RecordValue].self, forKey: .path))?.count ?? 0
    }
  }

  /// nil when there is none, or it is null.
  let data: [String: RecordValue]?
  let problems: [Problem]

  private enum CodingKeys: String, CodingKey {
    case data, errors, message
    case capitalMessage = "Message"
    case type = "__type"
  }

  /// nil for what is none: no JSON, or JSON of something else.
  init?(_ bytes: [UInt8]) {
    guard let answer = try? JSONDecoder().decode(GraphQLAnswer.self, from: Data(bytes)) else { return nil }
    self = answer
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    data = try container.decodeIfPresent([String: RecordValue].self, forKey: .data)
    if let problems = try container.decodeIfPresent([Problem].self, forKey: .errors), !problems.isEmpty {
      self.problems = problems
      return
    }
    let message =
      try container.decodeIfPresent(String.self, forKey: .message)
      ?? container.decodeIfPresent(String.self, forKey: .capitalMessage)
    let type = try container.decodeIfPresent(String.self, forKey: .type)
    problems = message == nil && type == nil ? [] : [Problem(type: type, message: message)]
    if data == nil && problems.isEmpty {
      throw DecodingError.dataCorrupted(
        .init(codingPath: container.codingPath, debugDescription: "neither data nor errors"))
    }
  }
}
