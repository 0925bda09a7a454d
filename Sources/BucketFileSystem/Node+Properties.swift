// SPDX-License-Identifier: Apache-2.0

import WriteBackCache
import S3Client
import VFS

extension Node.State {
  mutating func keepAttributes(of ours: Node.State) {
    (permissions, uid, gid) = (ours.permissions, ours.uid, ours.gid)
    (modified, modifiedIsExplicit, changed, accessed) =
      (ours.modified, ours.modifiedIsExplicit, ours.changed, ours.accessed)
  }

  mutating func noteWritten(at time: Timestamp) {
    modified = time
    changed = time
    modifiedIsExplicit = false
  }

  /// What the object shall say about itself: its own properties, and those attributes that are not the mount's defaults.
  func objectProperties(_ kind: FileKind, _ configuration: BucketFileSystemConfiguration) -> ObjectProperties {
    var result = properties ?? ObjectProperties()
    for (name, value) in stored(kind, configuration).metadata { result.metadata[name] = value }
    return result
  }

  /// What an upload says that begins before the last write, whose time it cannot know.
  func earlyProperties(_ kind: FileKind, _ configuration: BucketFileSystemConfiguration) -> ObjectProperties {
    var result = objectProperties(kind, configuration)
    if !modifiedIsExplicit { result.metadata["mtime"] = nil }
    return result
  }

  /// The attributes that differ from the mount's defaults.
  func stored(_ kind: FileKind, _ configuration: BucketFileSystemConfiguration) -> StoredAttributes {
    var stored = StoredAttributes()
    let defaults = Node.State.defaults(kind, configuration, modified: modified)
    let isPlain = kind == .regular || kind == .directory
    if !isPlain || permissions != defaults.permissions { stored.mode = kind.modeBits | permissions }
    if kind == .characterDevice || kind == .blockDevice { stored.device = device }
    stored.linkTarget = StoredAttributes(metadata: properties?.metadata ?? [:]).linkTarget
    if uid != configuration.uid { stored.uid = uid }
    if gid != configuration.gid { stored.gid = gid }
    // A large file's upload begins before its last write, and cannot be told the time of that any more: LastModified serves.
    if modifiedIsExplicit || (file?.size ?? size) <= configuration.partSize { stored.modified = modified }
    return stored
  }
}
