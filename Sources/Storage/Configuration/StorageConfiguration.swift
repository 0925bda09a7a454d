// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
import FoundationEssentials
public import Logging

/// Where a ``Storage`` finds its buckets, and as whom.
///
/// What is left out is found as the AWS SDKs find it: in ``environment`` (`AWS_REGION`, `AWS_ENDPOINT_URL_S3`, …), then in the
/// profile of `~/.aws/config` when the credentials come from there.
public struct StorageConfiguration: Sendable {
  /// A bucket as the store knows it.
  public struct Bucket: Sendable, Hashable {
    public var name: String
    /// For example `eu-west-1`; nil takes the region of the environment or the profile.
    public var region: String?

    public init(name: String, region: String? = nil) {
      self.name = name
      self.region = region
    }
  }

  /// Where the bucket's name stands in a URL.
  public enum Addressing: Sendable, Hashable {
    /// In the path for an endpoint of one's own and for a name with dots, in the host name otherwise.
    case automatic
    /// `https://host/bucket/key`.
    case path
    /// `https://bucket.host/key`.
    case virtualHost
  }

  /// Buckets by the name that the app gives them.
  public var buckets: [String: Bucket]
  /// The bucket of operations that name none.
  public var defaultBucket: StorageBucket?
  /// `http` or `https`, host, optional port and path prefix: "http://127.0.0.1:8333"; nil for what the environment or the
  /// profile says, and for AWS itself otherwise.
  public var endpointURL: String?
  public var addressing: Addressing
  public var credentials: StorageCredentialsSource
  /// The profile of the shared AWS files; nil takes `AWS_PROFILE`, then `default`.
  public var profile: String?
  /// PEM file of the only certificate authorities to trust, instead of the system's.
  public var caFile: String?
  /// A directory of this user in which uploads that have begun are remembered, so that a later process can go on with
  /// them; made when needed. nil: an upload ends with its process.
  public var stateDirectory: String?
  /// Tells the identity that ``StoragePath/identity(_:)`` is about; nil when nobody is signed in.
  public var identityID: (@Sendable () async throws -> String?)?
  /// The environment variables that count; those of the process unless set.
  public var environment: [String: String]
  /// Gets what a developer may want to see, at debug level; never a secret. nil logs nothing.
  public var logger: Logger?
  /// The pools of the project, when the configuration is one of Amplify; those of ``StorageCredentialsSource/cognito(_:)``.
  var auth: AmplifyOutputs.Auth?

  public init(
    buckets: [String: Bucket] = [:], defaultBucket: StorageBucket? = nil,
    credentials: StorageCredentialsSource = .environment
  ) {
    self.buckets = buckets
    self.defaultBucket = defaultBucket
    self.credentials = credentials
    addressing = .automatic
    environment = ProcessInfo.processInfo.environment
  }

  /// ``stateDirectory``, from the root.
  var absoluteStateDirectory: String? {
    guard let stateDirectory, !stateDirectory.hasPrefix("/") else { return stateDirectory }
    return FileManager.default.currentDirectoryPath + "/" + stateDirectory
  }

  /// A configuration with one bucket.
  public init(
    bucket: String, region: String? = nil, endpointURL: String? = nil,
    credentials: StorageCredentialsSource = .environment
  ) {
    self.init(defaultBucket: .bucket(name: bucket, region: region), credentials: credentials)
    self.endpointURL = endpointURL
  }
}

// The environment may hold secrets: no log line, crash report or `dump` may show it.
extension StorageConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String {
    "StorageConfiguration(buckets: \(buckets.keys.sorted()), endpoint: \(endpointURL ?? "automatic"))"
  }

  public var debugDescription: String { description }

  public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
