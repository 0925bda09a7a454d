// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension RecordValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
      // Most values are texts, and each attempt that fails costs more than all the rest.
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let values = try? container.decode([RecordValue].self) {
      self = .list(values)
    } else {
      self = .object(try container.decode([String: RecordValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .list(let values): try container.encode(values)
    case .object(let values): try container.encode(values)
    }
  }
}

extension RecordValue {
  /// The value that a text in JSON says.
  ///
  /// - Throws: "InvalidValue" for a text that is no JSON.
  public init(json text: String) throws(RecordError) { try self.init(json: Array(text.utf8)) }

  /// - Parameter bytes: UTF-8.
  package init(json bytes: [UInt8]) throws(RecordError) {
    do {
      self = try JSONDecoder().decode(RecordValue.self, from: Data(bytes))
    } catch {
      throw RecordError(.invalidValue, "this is no JSON: \(String(decoding: bytes.prefix(60), as: UTF8.self))")
    }
  }

  /// In JSON, the members of objects in alphabetical order.
  ///
  /// - Parameter pretty: on several lines.
  public func json(pretty: Bool = false) -> String { String(decoding: jsonBytes(pretty: pretty), as: UTF8.self) }

  package func jsonBytes(pretty: Bool = false) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    // Nothing but numbers that JSON does not have, infinite ones, fails; no source gives them.
    let bytes = (try? encoder.encode(self)).map { [UInt8]($0) } ?? Array("null".utf8)
    return RecordValue.escaped(bytes)
  }

  /// The control characters behind U+007E as escapes: JSON allows them in texts, and a terminal obeys them.
  private static func escaped(_ json: [UInt8]) -> [UInt8] {
    guard json.contains(where: { $0 == 0x7F || $0 == 0xC2 }) else { return json }
    var text = ""
    for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
      if (0x7F...0x9F).contains(scalar.value) {
        text += "\\u00" + String(scalar.value, radix: 16)
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return Array(text.utf8)
  }
}
