// SPDX-License-Identifier: Apache-2.0

/// Splits a `credential_process` into its arguments as a POSIX shell would, and does nothing else that a shell does: no
/// variables, no globs, no pipes. (XCU §2.2, Quoting; botocore splits the same way.)
enum CommandLine {
  /// The arguments, or nil when a quote is not closed.
  static func arguments(of text: String) -> [String]? {
    var arguments: [String] = []
    var current: String.UnicodeScalarView?
    var quote: Unicode.Scalar?
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        isEscaped = false
        // Between double quotes a backslash only escapes what has a meaning there.
        if quote == "\"" && scalar != "\"" && scalar != "\\" { current?.append("\\") }
        current?.append(scalar)
      } else if scalar == "\\" && quote != "'" {
        isEscaped = true
        current = current ?? .init()
      } else if let open = quote {
        if scalar == open { quote = nil } else { current?.append(scalar) }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
        current = current ?? .init()
      } else if scalar == " " || scalar == "\t" || scalar == "\n" {
        if let word = current { arguments.append(String(word)) }
        current = nil
      } else {
        current = current ?? .init()
        current?.append(scalar)
      }
    }
    guard quote == nil, !isEscaped else { return nil }
    if let word = current { arguments.append(String(word)) }
    return arguments
  }
}
