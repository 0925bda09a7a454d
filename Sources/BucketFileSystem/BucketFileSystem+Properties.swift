// SPDX-License-Identifier: Apache-2.0

import Locking
import S3Client
import Transfer
import VFS

extension BucketFileSystem {
  /// Asks the bucket what an object says about itself, unless that is known. A directory without a marker says nothing.
  func learnProperties(of node: Node) throws(Errno) {
    guard node.state.withLock({ $0.remote != nil && $0.properties == nil }) else { return }
    let key = try tree.key(node.inode)
    guard mayRead(key) else {
      // What is written without having been read begins anew.
      let fresh = ObjectProperties(contentType: mediaTypes.type(of: key.string) ?? MediaTypes.unknown)
      return node.state.withLock { $0.properties = $0.properties ?? fresh }
    }
    let head: ObjectHead
    do throws(Errno) {
      head = try ask(.lookup) { [objects] () async throws(S3Error) in try await objects.head(key) }
    } catch .ENOENT where node.kind == .directory {
      return
    }
    let told = node.kind == .directory ? completed(head, key) : head
    node.state.withLock { $0.properties = $0.properties ?? told.properties.withoutAttributes }
  }
}
