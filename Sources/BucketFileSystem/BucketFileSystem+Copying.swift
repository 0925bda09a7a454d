// SPDX-License-Identifier: Apache-2.0
//
// copy_file_range(2), which is what cp(1) does.
//
// A whole object that the bucket has is copied by the store into a file that was just created or emptied, in the call: no byte comes
// here. Everything else is left to the kernel, which reads and writes (EOPNOTSUPP, and splice). Objects up to the part size too: their
// bytes are one request, which takes the attributes along that cp sets at the end; a copy by the store would be followed by another.
// What can go wrong: the source changes or its name does; its version is a condition of the copy, and the kernel copies what is there.

import HTTPTransport
import Locking
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func copyFileRange(from source: FilePlace, to target: FilePlace, length: Int) throws(Errno) -> Int {
    let (from, to) = (try files.get(source.handle), try files.get(target.handle))
    guard from.flags.allowsReading, to.flags.allowsWriting else { throw .EBADF }
    guard source.offset == 0, target.offset == 0, from.node !== to.node, let version = try version(of: from),
      version.size <= length, version.size > configuration.partSize,
      try copy(version, to: to)
    else { throw .EOPNOTSUPP }
    return Int(version.size)
  }

  private struct Version {
    let key: ObjectKey
    let etag: ETag
    let size: Int64
  }

  /// What a reader of `open` sees, if the bucket has just that.
  private func version(of open: OpenFile) throws(Errno) -> Version? {
    let (file, isOthers) = open.node.state.withLock { state in
      // A writer may have mapped it, and changed pages that only the kernel has.
      (state.file, state.writers > 0 || state.isDetached)
    }
    if isOthers { return nil }
    if let file, file.servesReads {
      guard let version = file.publishedVersion else { return nil }
      return Version(key: version.key, etag: version.etag, size: version.size)
    }
    guard open.node.state.withLock({ $0.remote != nil }) else { return nil }
    let reader = try reader(of: open)
    let location = reader.location
    return location.etag.value.isEmpty ? nil : Version(key: location.key, etag: location.etag, size: reader.size)
  }

  /// - Returns: false when the bytes have to be copied here.
  private func copy(_ version: Version, to open: OpenFile) throws(Errno) -> Bool {
    let node = open.node
    guard let file = node.state.withLock({ $0.file }), file.size == 0 else { return false }
    let publication = try whileStill([node.inode]) { () throws(Errno) in
      try node.exclusively { () throws(Errno) -> CacheFile.Publication? in
        try suspend(file)
        defer { cache.resume(file) }
        // What is under the name stays until close has a new version that is complete: more may be written behind the copy.
        guard !file.mayExistInBucket, node.state.withLock({ $0.file === file && !$0.isDetached && $0.remote == nil })
        else { return nil }
        let source = CopySource(bucket: nil, key: version.key, ifMatch: version.etag)
        let made = try local { () throws(WriteBackFailure) in
          try cache.copy(source, size: version.size, to: file, properties: propertiesOfCopy(node))
        }
        if let made { published(node, file, made) }
        return made
      }
    }
    guard publication != nil else { return false }
    let now = Timestamp.now
    node.state.withLock { $0.noteWritten(at: now) }
    return true
  }

  /// LastModified is the time of the last write of a file of that size; what somebody set before ends with the write.
  private func propertiesOfCopy(_ node: Node) -> ObjectProperties {
    var properties = node.state.withLock { $0.objectProperties(node.kind, configuration) }
    properties.metadata["mtime"] = nil
    return properties
  }
}
