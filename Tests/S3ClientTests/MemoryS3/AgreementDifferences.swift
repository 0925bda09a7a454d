// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// Where real stores do otherwise than S3, by script and step: what they answer.
enum AgreementDifferences {
  static func of(_ kind: StoreKind, _ script: AgreementScript) -> [String: String] {
    switch kind {
    case .seaweedFS: seaweedFS[script] ?? [:]
    case .ministack: ministack[script] ?? [:]
    }
  }

  private static let seaweedFS: [AgreementScript: [String: String]] = [:]

  private static let ministack: [AgreementScript: [String: String]] = [:]
}
