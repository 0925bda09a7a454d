// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// JSON that comes inside a text.
enum JSONText {
  /// The texts of a list; nil when it is none.
  static func strings(_ text: String) -> [String]? {
    try? JSONDecoder().decode([String].self, from: Data(text.utf8))
  }
}
