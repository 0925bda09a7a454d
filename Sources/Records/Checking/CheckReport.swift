// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// How to look for what does not belong together.
public struct CheckOptions: Sendable {
  /// Repairs what was found: deletes orphans, takes dangling references out of their records.
  public var fixes: Bool
  /// Seconds; a file that is younger may belong to an upload that is not yet associated, on another machine, so it is no orphan
  /// yet. The time of an object that was uploaded in parts is that of its beginning.
  public var grace: Double
  /// Findings of each kind that are listed; all are counted, and repaired.
  public var limit: Int
  /// Called now and then; must return soon.
  public var onProgress: (@Sendable (CheckProgress) -> Void)?

  public init(
    fixes: Bool = false, grace: Double = 86_400, limit: Int = 1_000,
    onProgress: (@Sendable (CheckProgress) -> Void)? = nil
  ) {
    self.fixes = fixes
    self.grace = grace
    self.limit = limit
    self.onProgress = onProgress
  }
}

public struct CheckProgress: Sendable, Hashable {
  /// Records that were read.
  public var records: Int
  /// Files that were listed.
  public var files: Int
}

/// What ``Records/check(_:)`` found.
public struct CheckReport: Sendable, Hashable {
  /// A path in a record.
  public struct Reference: Sendable, Hashable, Codable {
    public var model: String
    public var id: String
    public var field: String
    public var path: String

    package init(model: String, id: String, field: String, path: String) {
      self.model = model
      self.id = id
      self.field = field
      self.path = path
    }
  }

  /// A file that no record names.
  public struct Orphan: Sendable, Hashable, Codable {
    public var path: String
    /// Bytes.
    public var size: Int64
    public var lastModified: Date?
  }

  /// Records that were read.
  public internal(set) var records = 0
  /// Paths that they name.
  public internal(set) var references = 0
  /// Files below the templates' prefixes.
  public internal(set) var files = 0
  /// Records whose file is gone.
  public internal(set) var danglingCount = 0
  public internal(set) var dangling: [Reference] = []
  /// Files with the id of a record in their path, or of a workflow, that no record names.
  public internal(set) var orphanCount = 0
  public internal(set) var orphans: [Orphan] = []
  /// Bytes of all orphans.
  public internal(set) var orphanBytes: Int64 = 0
  /// Paths that several records name; nothing is repaired, whose it is only people know.
  public internal(set) var sharedCount = 0
  public internal(set) var shared: [Reference] = []
  /// Files that look like orphans and are too young, or of a workflow that is under way.
  public internal(set) var recentCount = 0
  /// Files that no record names and that nobody can tell to have been attached; they are never deleted.
  public internal(set) var unknownCount = 0
  public internal(set) var unknown: [Orphan] = []
  /// With ``CheckOptions/fixes``: references that were taken out, and orphans that were deleted.
  public internal(set) var cleared = 0
  public internal(set) var deleted = 0
  /// With ``CheckOptions/fixes``: what could not be repaired, and why.
  public internal(set) var failures: [String] = []
}
