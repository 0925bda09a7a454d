// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension WriteCondition {
  /// Adds the header that makes a write conditional (S3 User Guide, "Conditional requests").
  func append(to headers: inout HTTPHeaders) {
    switch self {
    case .always: break
    case .isAbsent: headers.append("if-none-match", "*")
    case .matches(let etag): headers.append("if-match", etag.quoted)
    }
  }
}
