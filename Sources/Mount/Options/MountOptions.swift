// SPDX-License-Identifier: Apache-2.0

package import Logging
package import WriteBackCache

/// How bucket names go into URLs.
package enum AddressingOption: String, CaseIterable, Sendable {
  /// Decided by endpoint and bucket name.
  case auto
  /// `https://host/bucket/key`.
  case path
  /// `https://bucket.host/key`.
  case virtual
}

/// Everything a user can say about a mount, checked and with defaults. Holds no secret: those come from the environment,
/// files or services that the credentials chain asks.
package struct MountOptions: Sendable {
  package var source: SourceOption
  /// As given; may be relative.
  package var mountPoint: String

  /// The `amplify_outputs.json` of the project that the source is of.
  package var amplify: String?
  /// Mount as a guest, also when somebody is signed in.
  package var isGuest = false
  package var endpoint: String?
  package var region: String?
  package var profile: String?
  package var addressing = AddressingOption.auto
  package var expectedBucketOwner: String?
  package var caFile: String?

  /// Shows records beside the buckets.
  package var records: RecordsOption?

  package var readOnly = false
  package var uid: UInt32?
  package var gid: UInt32?
  package var umask: UInt32 = 0o022
  /// Overrides what `umask` makes of 0666.
  package var fileMode: UInt32?
  /// Overrides what `umask` makes of 0777.
  package var directoryMode: UInt32?
  package var allowOther = false
  package var allowRoot = false
  package var defaultPermissions = false
  /// Mount over a directory that has entries.
  package var allowsNonEmpty = false

  package var cacheDirectory: String?
  package var writeBack = WriteBackMode.close
  /// Seconds.
  package var writeBackMaximumAge = OptionDraft.defaultMaximumAge
  /// Room of the cache on the disk.
  package var quota = QuotaLimits()
  package var keepsConflictCopies = true
  /// Seconds.
  package var metadataTimeToLive = 1.0
  /// Bytes.
  package var partSize: Int64 = 8 << 20
  package var concurrency = 8
  /// Bytes.
  package var readMemory: Int64 = 128 << 20

  package var foreground = false
  package var logFile: String?
  package var logLevel = Logger.Level.info

  /// Settings for the AWS chain (`env.AWS_…=value`) that win over the process environment.
  package var environment: [String: String] = [:]
  /// What was given, by canonical name, for `pail status`.
  package var given: [String: String] = [:]

  package init(source: SourceOption, mountPoint: String) {
    self.source = source
    self.mountPoint = mountPoint
  }

  /// What each of several buckets gets of the memory and of the cache's size, which are said for the mount.
  func shared(by count: Int) -> MountOptions {
    guard count > 1 else { return self }
    var options = self
    options.readMemory = max(MountOptions.leastReadMemory, readMemory / Int64(count))
    options.quota.size = quota.size.map { max(MountOptions.leastCacheSize, $0 / Int64(count)) }
    return options
  }

  static let leastReadMemory: Int64 = 16 << 20
  static let leastCacheSize: Int64 = 64 << 20

  /// Permission bits of files without stored ones.
  package var effectiveFileMode: UInt32 { fileMode ?? (0o666 & ~umask) }
  /// Permission bits of directories without stored ones.
  package var effectiveDirectoryMode: UInt32 { directoryMode ?? (0o777 & ~umask) }
}
