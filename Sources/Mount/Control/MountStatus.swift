// SPDX-License-Identifier: Apache-2.0

package import WriteBackCache

/// What `pail status --json` prints of a mount. Names stay; new ones may come.
package struct MountStatus: Codable, Sendable {
  package enum State: String, Codable, Sendable {
    case starting
    case mounted
    /// On the way out: no longer taking new files.
    case unmounting
    /// Unmounted; uploads go on.
    case draining
  }

  package var version = ControlProtocol.version
  /// "s3://bucket/prefix".
  package var source: String
  package var mountPoint: String
  package var state: State
  package var pid: Int32
  /// When the daemon started, RFC 3339 in UTC.
  package var since: String
  package var endpoint: String
  package var region: String
  package var cacheDirectory: String
  /// The options that were given, none of them secret.
  package var options: [String: String]
  /// How often each S3 operation was sent: {"ListObjectsV2": 3}.
  package var requests: [String: Int]
  package var pending: [PendingReport]
  package var pendingCount: Int
  package var pendingBytes: Int64
  /// What is kept in the cache and cannot be uploaded, because nobody knows what it is: the first of `unreadableCount`.
  package var unreadable: [UnreadableReport]
  package var unreadableCount: Int
  /// What the store lacks, one sentence each.
  package var storeNotes: [String]

  package init(
    source: String, mountPoint: String, state: State, pid: Int32, since: String, endpoint: String, region: String,
    cacheDirectory: String, options: [String: String], requests: [String: Int], pending: [PendingReport],
    pendingCount: Int, pendingBytes: Int64, unreadable: [UnreadableReport] = [], unreadableCount: Int = 0,
    storeNotes: [String] = []
  ) {
    self.source = source
    self.mountPoint = mountPoint
    self.state = state
    self.pid = pid
    self.since = since
    self.endpoint = endpoint
    self.region = region
    self.cacheDirectory = cacheDirectory
    self.options = options
    self.requests = requests
    self.pending = pending
    self.pendingCount = pendingCount
    self.pendingBytes = pendingBytes
    self.unreadable = unreadable
    self.unreadableCount = unreadableCount
    self.storeNotes = storeNotes
  }

  enum CodingKeys: String, CodingKey {
    case version, source, state, pid, since, endpoint, region, options, requests, pending, unreadable
    case mountPoint = "mount_point"
    case cacheDirectory = "cache_directory"
    case pendingCount = "pending_count"
    case pendingBytes = "pending_bytes"
    case unreadableCount = "unreadable_count"
    case storeNotes = "store_notes"
  }
}

/// One file that is not in the bucket yet.
package struct PendingReport: Codable, Equatable, Sendable {
  package var key: String
  /// Bytes.
  package var size: Int64
  /// "open", "waiting", "uploading", "paused" or "parked".
  package var state: String
  /// Bytes sent by the upload under way.
  package var transferred: Int64
  /// Failed tries.
  package var attempts: Int
  /// Seconds until the next try.
  package var nextAttempt: Double?
  package var reason: String?
  package var dataFile: String

  package init(_ upload: PendingUpload) {
    key = upload.key
    size = upload.size
    state = upload.state.rawValue
    transferred = upload.transferred
    attempts = upload.attempts
    nextAttempt = upload.nextAttempt
    reason = upload.reason
    dataFile = upload.dataFile
  }

  enum CodingKeys: String, CodingKey {
    case key, size, state, transferred, attempts, reason
    case nextAttempt = "next_attempt"
    case dataFile = "data_file"
  }
}

/// A data file that is kept and cannot be uploaded.
package struct UnreadableReport: Codable, Equatable, Sendable {
  package var dataFile: String
  package var reason: String

  package init(_ entry: UnreadableEntry) { (dataFile, reason) = (entry.dataFile, entry.reason) }

  enum CodingKeys: String, CodingKey {
    case reason
    case dataFile = "data_file"
  }
}

/// The uploads that are left, in short.
package struct UploadSummary: Codable, Equatable, Sendable {
  package var count: Int
  /// Bytes, and how many of them the uploads under way have sent.
  package var bytes: Int64
  package var transferred: Int64
  /// Those that wait for somebody to retry or resume them.
  package var parked: Int
  package var cacheDirectory: String
  /// The first few.
  package var first: [PendingReport]
  /// Attributes that the store was not told; nil when it was told all.
  package var lost: LostAttributes?

  /// - Parameter lost: keys whose attributes the store was not told.
  package init(_ uploads: [PendingUpload], cacheDirectory: String, lost: [String] = []) {
    count = uploads.count
    bytes = uploads.reduce(0) { $0 + $1.size }
    transferred = uploads.reduce(0) { $0 + $1.transferred }
    parked = uploads.count { $0.state.waitsForSomebody }
    self.cacheDirectory = cacheDirectory
    first = uploads.prefix(20).map(PendingReport.init)
    self.lost = lost.isEmpty ? nil : LostAttributes(count: lost.count, first: Array(lost.prefix(20)))
  }

  /// Whether everything is in the bucket.
  package var isComplete: Bool { count == 0 && lost == nil }
}

/// Changed attributes of files and directories that the store was not told before the mount ended.
package struct LostAttributes: Codable, Equatable, Sendable {
  package var count: Int
  /// The keys of the first few.
  package var first: [String]
}
