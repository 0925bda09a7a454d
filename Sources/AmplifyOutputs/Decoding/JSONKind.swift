// SPDX-License-Identifier: Apache-2.0

/// What a value of a JSON document is, in words. Asked for only when it is not what was expected.
enum JSONKind: String, Decodable {
  case null
  case boolean = "true or false"
  case string = "a string"
  case brokenString = "a string that is no valid UTF-8"
  case number = "a number"
  case hugeNumber = "a number out of range"
  case array = "an array"
  case object = "an object"

  init(from decoder: any Decoder) throws {
    if (try? decoder.unkeyedContainer()) != nil {
      self = .array
      return
    }
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if (try? value.decode(Bool.self)) != nil {
      self = .boolean
    } else if (try? value.decode(Double.self)) != nil {
      self = .number
    } else {
      do {
        _ = try value.decode(String.self)
        self = .string
      } catch DecodingError.typeMismatch {
        self = (try? decoder.container(keyedBy: JSONKey.self)) == nil ? .hugeNumber : .object
      } catch {
        self = .brokenString
      }
    }
  }
}

/// A type that a member of the file can have.
protocol JSONScalar: Decodable {
  static var expected: JSONKind { get }
}

extension String: JSONScalar {
  static var expected: JSONKind { .string }
}

extension Bool: JSONScalar {
  static var expected: JSONKind { .boolean }
}

extension Int: JSONScalar {
  static var expected: JSONKind { .number }
}
