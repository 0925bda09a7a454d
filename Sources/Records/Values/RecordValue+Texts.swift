// SPDX-License-Identifier: Apache-2.0

extension RecordValue {
  /// All texts in it.
  var texts: [String] {
    switch self {
    case .string(let text): [text]
    case .list(let values): values.flatMap(\.texts)
    case .object(let members): members.values.flatMap(\.texts)
    default: []
    }
  }
}
