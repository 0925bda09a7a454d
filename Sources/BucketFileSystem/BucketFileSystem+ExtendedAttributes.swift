// SPDX-License-Identifier: Apache-2.0
//
// getxattr(2), setxattr(2), listxattr(2), removexattr(2).
//
// The properties of an object, both ways (see ExtendedAttribute). What can go wrong: two programs set attributes of one file
// at once; each change is made under the node's lock on what is there, so none is lost.

import AmplifyOutputs
import HTTPTransport
import Locking
import S3Client
import Transfer
package import VFS

extension BucketFileSystem {
  package func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8] {
    let attribute: ExtendedAttribute
    do throws(Errno) {
      attribute = try ExtendedAttribute(name)
    } catch {
      throw .ENODATA
    }
    let node = try tree.node(inode)
    if case .fact(let fact) = attribute { return try value(of: fact, node) }
    try requireGrant(.get, on: node)
    let properties = try properties(of: node)
    switch attribute {
    case .header(let header):
      guard let value = properties[header] else { throw .ENODATA }
      return Array(value.utf8)
    case .metadata(let key):
      guard let value = properties.metadata[key] else { throw .ENODATA }
      return MetadataText.decode(value)
    case .fact: throw .ENODATA
    }
  }

  package func listxattr(_ inode: InodeID) throws(Errno) -> [String] {
    let node = try tree.node(inode)
    // Linux reads user attributes of files and directories only: what a link listed, rsync -X could not get.
    guard node.inode != .root, node.kind == .regular || node.kind == .directory else { return [] }
    // Not an error: ls -l would show it.
    guard mayRead(try tree.key(inode)) else { return [] }
    let properties = try properties(of: node)
    var names = ExtendedAttribute.Header.allCases.filter { properties[$0] != nil }.map { "user.\($0.rawValue)" }
    // What could not be asked for by its name is not listed either.
    names += properties.metadata.keys.sorted().filter { key in
      key != StoredAttributes.linkName && (try? ExtendedAttribute("user." + key)) == .metadata(key)
    }.map { "user.\($0)" }
    // Facts are not listed: cp --preserve=xattr and rsync -X would set them elsewhere, or remove them here, and fail.
    return names
  }

  package func setxattr(
    _ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode
  ) throws(Errno) {
    try change(inode, name) { (properties, attribute) throws(Errno) in
      let exists: Bool
      switch attribute {
      case .header(let header): exists = properties[header] != nil
      case .metadata(let key): exists = properties.metadata[key] != nil
      case .fact: throw .EPERM
      }
      if mode == .create, exists { throw .EEXIST }
      if mode == .replace, !exists { throw .ENODATA }
      switch attribute {
      case .header(let header):
        // A header value is text on one line.
        guard let text = String(validating: value, as: UTF8.self), text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else {
          throw .EINVAL
        }
        properties[header] = text
      case .metadata(let key): properties.metadata[key] = MetadataText.encode(value)
      case .fact: break
      }
      let size = MetadataText.size(of: properties.metadata) + StoredAttributes.largestSize
      guard size <= MetadataText.limit else { throw .ENOSPC }
    }
  }

  package func removexattr(_ inode: InodeID, _ name: String) throws(Errno) {
    try change(inode, name) { (properties, attribute) throws(Errno) in
      switch attribute {
      case .header(let header):
        guard properties[header] != nil else { throw .ENODATA }
        properties[header] = nil
      case .metadata(let key):
        guard properties.metadata.removeValue(forKey: key) != nil else { throw .ENODATA }
      case .fact: throw .EPERM
      }
    }
  }

  // MARK: Steps

  private func change(
    _ inode: InodeID, _ name: String,
    _ body: (inout ObjectProperties, ExtendedAttribute) throws(Errno) -> Void
  ) throws(Errno) {
    try requireWritable()
    let attribute = try ExtendedAttribute(name)
    let node = try tree.node(inode)
    guard node.inode != .root, !isGiven(node) else { throw .EOPNOTSUPP }
    try requireGrantToChangeProperties(of: node)
    _ = try properties(of: node)
    try node.state.withLock { state throws(Errno) in
      var properties = state.properties ?? ObjectProperties()
      try body(&properties, attribute)
      state.properties = properties
    }
    try attributesChanged(node)
  }

  /// What the object says about itself, without stored attributes; asked for when it is not known.
  private func properties(of node: Node) throws(Errno) -> ObjectProperties {
    try refresh(node)
    try learnProperties(of: node)
    return node.state.withLock { $0.properties ?? ObjectProperties() }
  }

  private func value(of fact: ExtendedAttribute.Fact, _ node: Node) throws(Errno) -> [UInt8] {
    let key = try tree.key(node.inode)
    let remote = node.state.withLock { $0.remote }
    let text: String? =
      switch fact {
      case .etag: remote?.etag.value
      case .bucket: client.bucket
      case .key: key.string
      case .versionID: remote?.versionID
      case .storageClass: remote?.storageClass
      case .checksum: remote?.checksumCRC32
      case .url: try presigned(.get, key, .get, node)
      case .uploadURL: try presigned(.put, key, .write, node)
      }
    guard let text else { throw .ENODATA }
    return Array(text.utf8)
  }

  private func presigned(
    _ method: HTTPMethod, _ key: ObjectKey, _ action: StorageAction, _ node: Node
  ) throws(Errno) -> String {
    try requireGrant(action, on: node)
    // As long as the Storage API's default.
    return try ask { [client] () async throws(S3Error) in
      try await client.presignedURL(method: method, key: key, expiresIn: 900)
    }
  }
}
