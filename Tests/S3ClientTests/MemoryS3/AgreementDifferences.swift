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

  private static let seaweedFS: [AgreementScript: [String: String]] = [
    // If-Match of nothing: 404 by the S3 User Guide, "Conditional writes" and "Conditional deletes".
    .conditions: [
      "replace nothing": "412 PreconditionFailed", "delete it again": "412 PreconditionFailed",
    ],
    // A part that is sent again stays beside the first: the list has both.
    .uploads: [
      "one part": "ok 1(3) 1(3)", "still one part": "ok 1(3) 1(3)", "parts with a replaced one": "ok 1(3) 1(3)",
      "complete with the replaced": "ok 1",
      "abort the completed": "ok",
    ],
    .largeUploads: ["copy more than there is": "416 InvalidRange"],
  ]

  private static let ministack: [AgreementScript: [String: String]] = [
    .objects: ["put a long key": "ok"],
    .copies: ["copy to where something is": "ok", "replace nothing of itself": "ok"],
    .largeUploads: [
      "complete full object": "400 BadDigest", "head full object": "404 NotFound", "complete small": "ok 2",
    ],
  ]
}
