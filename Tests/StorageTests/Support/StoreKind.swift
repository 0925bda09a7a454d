// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The real servers that the API is tested on.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case seaweedFS
  case ministack

  var testDescription: String { rawValue }

  func server() throws -> TestServer {
    switch self {
    case .seaweedFS: try SeaweedFS.shared()
    case .ministack: try Ministack.shared()
    }
  }
}
