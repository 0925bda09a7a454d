// SPDX-License-Identifier: Apache-2.0

package import S3Client

/// What a data file in the cache directory is: enough to upload it without the process that wrote it.
package struct EntryRecord: Equatable, Sendable {
  package var key: ObjectKey
  /// The version in the bucket that this one replaces; nil when there was none.
  package var base: ETag?
  /// Of that version, in bytes; nil when there was none or it is not known.
  package var baseSize: Int64?
  /// Publish only where nothing is (O_EXCL).
  package var isExclusive: Bool
  /// Only a part of the bytes is here, as the range log beside the data file says; the rest is in the base.
  package var isPartial: Bool
  package var properties: ObjectProperties
  /// Versions that an upload may have made of what the file was before its last change.
  package var marks: [VersionMark]
  /// Publish only where nothing is, since a rename was to replace nothing (RENAME_NOREPLACE).
  package var mustBeAbsent: Bool
  /// Set when it is not tried again by itself.
  package var parked: Parked?

  /// An upload that waits for a person.
  package struct Parked: Equatable, Sendable {
    package var reason: String
    /// Somebody else has the name in the bucket, so this version is not shown under it.
    package var isConflict: Bool
    /// The machine went down before its bytes were known to be on the disk, so it is not shown either.
    package var isSuspect: Bool

    package init(reason: String, isConflict: Bool, isSuspect: Bool = false) {
      self.reason = reason
      self.isConflict = isConflict
      self.isSuspect = isSuspect
    }
  }

  package init(
    key: ObjectKey, base: ETag?, baseSize: Int64? = nil, isExclusive: Bool, isPartial: Bool = false,
    properties: ObjectProperties, marks: [VersionMark] = [], mustBeAbsent: Bool = false,
    parked: Parked? = nil
  ) {
    self.key = key
    self.base = base
    self.baseSize = baseSize
    self.isExclusive = isExclusive
    self.isPartial = isPartial
    self.properties = properties
    self.marks = marks
    self.mustBeAbsent = mustBeAbsent
    self.parked = parked
  }
}
