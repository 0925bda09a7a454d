// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// What requests are signed with.
public struct StorageCredentials: Sendable, Equatable {
  public var accessKeyID: String
  public var secretAccessKey: String
  /// Of temporary credentials only.
  public var sessionToken: String?
  /// When they end; nil when they do not, or nobody knows.
  public var expiration: Date?

  public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Date? = nil) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
  }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension StorageCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "StorageCredentials(\(accessKeyID), secret hidden)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// Where credentials come from.
public enum StorageCredentialsSource: Sendable {
  /// What the AWS SDKs use: environment variables, the profile of the shared files, web identity, container, instance.
  case environment
  /// Always these.
  case `static`(StorageCredentials)
  /// Asked before the first request, before what it gave ends, and when the store says that it has ended. One call at a time.
  case provider(@Sendable () async throws -> StorageCredentials)
  /// From the identity pool of an Amplify project, refreshed as long as it is used; of a configuration that was made with
  /// ``StorageConfiguration/init(amplifyOutputs:user:)`` only.
  case cognito(StorageUser)

  /// Always these.
  public static func `static`(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) -> Self {
    .static(
      StorageCredentials(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken))
  }
}
