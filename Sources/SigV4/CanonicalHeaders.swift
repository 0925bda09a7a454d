// SPDX-License-Identifier: Apache-2.0

/// Headers as the canonical request lists them: lowercase names in order, trimmed values, equal names joined by commas
/// (IAM User Guide, "Create a signed AWS API request", step 1).
struct CanonicalHeaders {
  private var fields: [(name: String, value: String)]

  init(_ headers: [(name: String, value: String)], host: String) {
    fields = []
    fields.reserveCapacity(headers.count + 4)
    insert("host", host)
    for header in headers { insert(header.name.lowercased(), header.value) }
  }

  /// Adds a field behind those of the same name. `name` is lowercase.
  mutating func insert(_ name: String, _ value: String) {
    // A handful of fields, mostly in order: insertion beats sorting.
    var index = fields.count
    while index > 0 && name < fields[index - 1].name { index -= 1 }
    if index == fields.count { fields.append((name, value)) } else { fields.insert((name, value), at: index) }
  }

  /// Appends a line for each name: `name:value\n`.
  func appendLines(to text: inout ByteText) {
    for index in fields.indices {
      if index > 0 && fields[index].name == fields[index - 1].name {
        text.replaceLast(with: UInt8(ascii: ","))
      } else {
        text.append(fields[index].name)
        text.append(UInt8(ascii: ":"))
      }
      CanonicalHeaders.appendTrimmed(fields[index].value, to: &text)
      text.append(UInt8(ascii: "\n"))
    }
  }

  /// Appends the names, separated by semicolons.
  func appendNames(to text: inout ByteText) {
    for index in fields.indices {
      if index > 0 {
        if fields[index].name == fields[index - 1].name { continue }
        text.append(UInt8(ascii: ";"))
      }
      text.append(fields[index].name)
    }
  }

  /// Without white space at the ends, and with one space for each run of it inside.
  private static func appendTrimmed(_ value: String, to text: inout ByteText) {
    var value = value
    value.withUTF8 { bytes in
      guard bytes.contains(where: isBlank) else { return text.append(UnsafeRawBufferPointer(bytes)) }
      let start = text.count
      var isGap = false
      for byte in bytes {
        if isBlank(byte) {
          isGap = true
          continue
        }
        if isGap && text.count > start { text.append(UInt8(ascii: " ")) }
        isGap = false
        text.append(byte)
      }
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
