// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

enum UUIDText {
  /// A new one, in lower case, as AppSync's `util.autoId()` writes them.
  static func make() -> String { UUID().uuidString.lowercased() }
}
