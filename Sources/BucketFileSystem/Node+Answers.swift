// SPDX-License-Identifier: Apache-2.0

import S3Client
import Transfer
import VFS

/// What a node learns from an answer of the bucket, which is nothing when it knows something younger.
extension Node.State {
  /// Whether what is known here is younger than an answer of the bucket.
  func isYounger(than askedAt: Double) -> Bool { isLocal || confirmedAt > askedAt }

  mutating func take(
    _ stored: StoredAttributes, size: Int64, _ version: AttributeCache.Version,
    _ configuration: BucketFileSystemConfiguration, askedAt: Double
  ) {
    let isSame = isVersion(version.etag, version.lastModified)
    if !isSame { properties = nil }
    if !isSame || remote?.lastModified == nil {
      remote = Node.Remote(etag: version.etag, size: size, lastModified: version.lastModified)
    }
    take(stored, size: size, lastModified: version.lastModified, isSame: isSame, configuration)
    confirmedAt = askedAt
  }

  mutating func take(
    _ head: ObjectHead, _ stored: StoredAttributes, _ configuration: BucketFileSystemConfiguration, askedAt: Double
  ) {
    let isSame = isVersion(head.etag, head.lastModified)
    remote = Node.Remote(
      etag: head.etag, size: head.size, lastModified: head.lastModified, storageClass: head.storageClass,
      versionID: head.versionID, checksumCRC32: head.checksumCRC32)
    properties = head.properties.withoutAttributes
    take(stored, size: head.size, lastModified: head.lastModified, isSame: isSame, configuration)
    confirmedAt = askedAt
  }

  /// - Parameter marker: with what the store does not keep of it; see BucketFileSystem+Markers.
  mutating func take(marker: ObjectHead?, _ configuration: BucketFileSystemConfiguration, askedAt: Double) {
    if let marker {
      let stored = StoredAttributes(metadata: marker.properties.metadata, isDirectory: true)
      let isSame = isVersion(marker.etag, marker.lastModified)
      take(stored, size: 0, lastModified: marker.lastModified, isSame: isSame, configuration)
      permissions = stored.mode.map { $0 & 0o7777 } ?? configuration.dirMode
      remote = Node.Remote(etag: marker.etag, size: 0, lastModified: marker.lastModified)
    }
    // Nobody tells the bucket when an entry changes.
    if let lastEntryChange {
      modified = max(modified, lastEntryChange)
      changed = max(changed, lastEntryChange)
    }
    confirmedAt = askedAt
  }

  /// Whether that is the version that is known already.
  private func isVersion(_ etag: ETag, _ lastModified: Int64) -> Bool {
    remote?.etag == etag && remote?.lastModified ?? lastModified == lastModified
  }

  /// - Parameter isSame: it says this of the version that is known already: of its times, those that the bucket does not keep stay.
  mutating func take(
    _ stored: StoredAttributes, size: Int64, lastModified: Int64, isSame: Bool = false,
    _ configuration: BucketFileSystemConfiguration
  ) {
    permissions = stored.mode.map { $0 & 0o7777 } ?? configuration.fileMode
    uid = stored.uid ?? configuration.uid
    gid = stored.gid ?? configuration.gid
    device = stored.device ?? 0
    self.size = stored.linkTarget.map { Int64($0.utf8.count) } ?? size
    if let target = stored.linkTarget { (linkTarget, linkVersion) = (target, remote?.etag) }
    modifiedIsExplicit = stored.modified != nil
    if let stored = stored.modified {
      modified = stored
    } else if !isSame {
      modified = Timestamp(seconds: lastModified)
    }
    if isSame { return changed = max(changed, Timestamp(seconds: lastModified)) }
    changed = Timestamp(seconds: lastModified)
    accessed = modified
  }
}
