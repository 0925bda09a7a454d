// SPDX-License-Identifier: Apache-2.0
//
// The marker objects of directories, and what becomes of their metadata.
//
// For: mode, owner, time and extended attributes of a directory are metadata of its marker. Some stores drop them (SeaweedFS); the
// index of the cache keeps them then. Which kind of store it is shows the first marker with metadata that is written: it is looked at.
// State: that answer, for the life of the mount; what an earlier mount has noted counts until then. On FUSE workers, with the turn of
// the directory. What can go wrong: another client removes a directory and makes it anew; it has the old attributes here.

import HTTPTransport
import Locking
import S3Client
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// What is known of the store's markers.
  struct MarkerKeeping {
    /// Whether they keep metadata; nil when no marker was looked at.
    var keepsMetadata: Bool?
    /// Whether the index may know a directory.
    var isNoted: Bool
  }

  /// Writes the marker object of a directory, with its attributes.
  func writeMarker(_ node: Node) throws(Errno) {
    let key = try tree.key(node.inode)
    var properties = node.state.withLock { state in
      state.hasPendingAttributes = false
      var properties = state.objectProperties(.directory, configuration)
      if !state.modifiedIsExplicit { properties.metadata["mtime"] = nil }
      return properties
    }
    properties.contentType = "application/x-directory"
    let written = try ask { [client, properties] () async throws(S3Error) in
      try await client.putObject(key, body: .empty, properties: properties)
    }
    node.directory?.hasMarker = true
    node.state.withLock { state in
      state.remote = Node.Remote(etag: written.etag, size: 0)
      state.confirmedAt = MonotonicTime.now
    }
    keep(properties, of: key)
  }

  /// Sees to it that what a marker was told is known later.
  private func keep(_ properties: ObjectProperties, of key: ObjectKey) {
    if mayRead(key), markers.withLock({ $0.keepsMetadata }) == nil, !properties.metadata.isEmpty {
      // Without an answer the next marker is looked at, and the index has this one.
      let answer = try? ask(.lookup) { [client] () async throws(S3Error) in try await client.headObject(key) }
      let keeps = answer.map { head in properties.metadata.allSatisfy { head.properties.metadata[$0.key] == $0.value } }
      if let keeps { markers.withLock { $0.keepsMetadata = keeps } }
    }
    guard markers.withLock({ $0.keepsMetadata }) != true else { return }
    guard !properties.metadata.isEmpty || markers.withLock({ $0.isNoted }) else { return }
    markers.withLock { $0.isNoted = true }
    cache.note(properties, ofDirectory: key)
  }

  /// A marker is gone, for good.
  func forgetMarker(_ key: ObjectKey) {
    if markers.withLock({ $0.isNoted }) { cache.note(nil, ofDirectory: key) }
  }

  /// The directories below a prefix have another place.
  func moveMarkers(from: ObjectKey, to: ObjectKey) {
    if markers.withLock({ $0.isNoted }) { cache.moveDirectories(from: from, to: to) }
  }

  /// What the store said of a marker, with what it has dropped.
  func completed(_ marker: ObjectHead, _ key: ObjectKey) -> ObjectHead {
    guard StoredAttributes(metadata: marker.properties.metadata, isDirectory: true) == StoredAttributes(),
      markers.withLock({ $0.isNoted && $0.keepsMetadata != true }),
      let noted = cache.properties(ofDirectory: key)
    else { return marker }
    var marker = marker
    marker.properties.metadata.merge(noted.metadata) { theirs, _ in theirs }
    return marker
  }
}
