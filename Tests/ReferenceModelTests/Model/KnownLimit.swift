// SPDX-License-Identifier: Apache-2.0

/// Where the product is known to do less than SEMANTICS says, and the model follows it. Each is one `if` in the model.
enum KnownLimit: String, CaseIterable {
  /// What lost an exclusive race stays in the cache, parked, and has no name in the mount (SEMANTICS, "Two writers").
  case exclusiveLosersStayParked
  /// A copy is shown until the last handle is closed, also when that one only reads: changes of others are not seen till then.
  case copyOutlivesItsWriters
  /// Uploads that a killed daemon had begun early stay open in the bucket until a lifecycle rule removes them.
  case crashLeavesUploads
}
