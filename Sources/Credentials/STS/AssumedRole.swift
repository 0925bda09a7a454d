// SPDX-License-Identifier: Apache-2.0

/// A role to take on, as a profile or the environment describes it.
struct AssumedRole: Sendable, Equatable {
  let arn: String
  /// nil makes one up.
  var sessionName: String?
  var externalID: String?
  /// Seconds; nil for the service's default, one hour.
  var duration: Int?

  /// The part of the request that both operations share.
  func form(action: String, now: Int64) -> [(name: String, value: String)] {
    var form = [
      (name: "Action", value: action), (name: "Version", value: "2011-06-15"), (name: "RoleArn", value: arn),
      (name: "RoleSessionName", value: sessionName ?? "pail-\(now)"),
    ]
    if let duration { form.append(("DurationSeconds", String(duration))) }
    return form
  }
}
