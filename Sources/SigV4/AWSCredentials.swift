// SPDX-License-Identifier: Apache-2.0

/// What a request is signed with.
package struct AWSCredentials: Sendable, Equatable {
  package let accessKeyID: String
  package let secretAccessKey: String
  /// Set for temporary credentials only.
  package let sessionToken: String?
  /// Seconds since 1970; nil when they do not expire.
  package let expiration: Int64?

  package init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Int64? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "AWSCredentials(\(accessKeyID), secret hidden)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
