// SPDX-License-Identifier: Apache-2.0
//
// An object of a JSON document that Foundation's decoder has read, and what is wrong in it with its place.
//
// For: everything that is decoded from the file. A view of the decoder's containers, without state of its own. A member that is
// `null` counts as absent. What can go wrong: AmplifyOutputsError, whose path names the member; found values are looked at for
// the message only, so what is right costs no more than Codable does.

struct JSONObject {
  private let members: KeyedDecodingContainer<JSONKey>

  /// - Throws: when the document is no object.
  init(document decoder: any Decoder) throws(AmplifyOutputsError) {
    do {
      members = try decoder.container(keyedBy: JSONKey.self)
    } catch {
      let found = (try? JSONKind(from: decoder)) ?? .null
      throw Self.mismatch(decoder.codingPath, expected: .object, found: found)
    }
  }

  private init(_ members: KeyedDecodingContainer<JSONKey>) { self.members = members }

  /// Its keys, in order.
  var keys: [String] { members.allKeys.map(\.stringValue).sorted() }

  /// An error about a member, or about an element of it.
  func error(_ key: String? = nil, at index: Int? = nil, _ message: String) -> AmplifyOutputsError {
    var path = members.codingPath
    if let key { path.append(JSONKey(key)) }
    if let index { path.append(JSONKey(index)) }
    return AmplifyOutputsError(path: JSONPath.text(path), message)
  }

  // MARK: Members

  /// A member that may be absent.
  func optional<Value: JSONScalar>(_ key: String, _ type: Value.Type = Value.self) throws(AmplifyOutputsError) -> Value?
  {
    do {
      return try members.decodeIfPresent(type, forKey: JSONKey(key))
    } catch {
      throw mismatch(key, expected: type.expected)
    }
  }

  func required<Value: JSONScalar>(_ key: String, _ type: Value.Type = Value.self) throws(AmplifyOutputsError) -> Value
  {
    guard let value = try optional(key, type) else { throw missing(key, type.expected) }
    return value
  }

  /// A string that says something.
  func text(_ key: String) throws(AmplifyOutputsError) -> String {
    let text = try required(key, String.self)
    if text.isEmpty { throw error(key, "is empty; \(AmplifyOutputsError.regenerate)") }
    return text
  }

  /// A string that says something, or nil.
  func optionalText(_ key: String) throws(AmplifyOutputsError) -> String? {
    let text = try optional(key, String.self)
    return text?.isEmpty == true ? nil : text
  }

  func optionalObject(_ key: String) throws(AmplifyOutputsError) -> JSONObject? {
    if isAbsent(key) { return nil }
    do {
      return JSONObject(try members.nestedContainer(keyedBy: JSONKey.self, forKey: JSONKey(key)))
    } catch {
      throw mismatch(key, expected: .object)
    }
  }

  func object(_ key: String) throws(AmplifyOutputsError) -> JSONObject {
    guard let object = try optionalObject(key) else { throw missing(key, .object) }
    return object
  }

  // MARK: Arrays

  /// The strings of an array; nil when it is absent.
  func optionalTexts(_ key: String) throws(AmplifyOutputsError) -> [String]? {
    guard var elements = try elements(key) else { return nil }
    var texts: [String] = []
    while !elements.isAtEnd {
      do {
        texts.append(try elements.decode(String.self))
      } catch {
        throw Self.mismatch(in: elements, expected: .string)
      }
    }
    return texts
  }

  func texts(_ key: String) throws(AmplifyOutputsError) -> [String] {
    guard let texts = try optionalTexts(key) else { throw missing(key, .array) }
    return texts
  }

  /// The objects of an array; none when it is absent.
  func objects(_ key: String) throws(AmplifyOutputsError) -> [JSONObject] {
    guard var elements = try elements(key) else { return [] }
    var objects: [JSONObject] = []
    while !elements.isAtEnd {
      do {
        objects.append(JSONObject(try elements.nestedContainer(keyedBy: JSONKey.self)))
      } catch {
        throw Self.mismatch(in: elements, expected: .object)
      }
    }
    return objects
  }

  private func elements(_ key: String) throws(AmplifyOutputsError) -> (any UnkeyedDecodingContainer)? {
    if isAbsent(key) { return nil }
    do {
      return try members.nestedUnkeyedContainer(forKey: JSONKey(key))
    } catch {
      throw mismatch(key, expected: .array)
    }
  }

  // MARK: What is wrong

  func isAbsent(_ key: String) -> Bool { (try? members.decodeNil(forKey: JSONKey(key))) ?? true }

  /// What a member is; nil when it is absent.
  func kind(_ key: String) -> JSONKind? { try? members.decode(JSONKind.self, forKey: JSONKey(key)) }

  func missing(_ key: String, _ expected: JSONKind) -> AmplifyOutputsError {
    error(key, "is missing, expected \(expected.rawValue); \(AmplifyOutputsError.regenerate)")
  }

  private func mismatch(_ key: String, expected: JSONKind) -> AmplifyOutputsError {
    Self.mismatch(members.codingPath + [JSONKey(key)], expected: expected, found: kind(key) ?? .null)
  }

  private static func mismatch(
    in elements: any UnkeyedDecodingContainer, expected: JSONKind
  ) -> AmplifyOutputsError {
    var copy = elements
    let found = (try? copy.decode(JSONKind.self)) ?? .null
    return mismatch(elements.codingPath + [JSONKey(elements.currentIndex)], expected: expected, found: found)
  }

  private static func mismatch(
    _ path: [any CodingKey], expected: JSONKind, found: JSONKind
  ) -> AmplifyOutputsError {
    // The one case of equal words: an Int that has a fraction or is too large.
    let what = expected == .number && found == .number ? "a whole number that fits" : expected.rawValue
    return AmplifyOutputsError(
      path: JSONPath.text(path), "expected \(what), found \(found.rawValue); \(AmplifyOutputsError.regenerate)")
  }
}
