// SPDX-License-Identifier: Apache-2.0
//
// Mode, owner and times of a file as user metadata of its object. Pure.
//
// The form is that of s3fs: `mode` in decimal with type bits, `uid`, `gid`, `mtime` as `seconds.nnnnnnnnn`. What others write is read,
// too: times with any fraction and as dates, modes in octal (ModeText), and the links of geesefs, whose target is in the metadata.
// `rdev`, of a device node, is hexadecimal as rclone has it. Only what differs from the mount's defaults is written. Values come from a
// store that anybody may have written to: what cannot be understood is ignored.

import S3Client
import VFS

struct StoredAttributes: Equatable, Sendable {
  /// With type bits.
  var mode: UInt32?
  var uid: UInt32?
  var gid: UInt32?
  var modified: Timestamp?
  /// Which device a device node stands for (`st_rdev`).
  var device: UInt64?
  /// Of a symbolic link as geesefs makes it: an object without a body.
  var linkTarget: String?

  /// Where that is kept. It stays with the object whatever is changed here, and is no extended attribute either.
  static let linkName = "--symlink-target"

  /// The metadata names that hold attributes and are therefore no extended attributes.
  static let names: Set<String> = ["mode", "uid", "gid", "mtime", "rdev"]

  /// Bytes of all of them at their largest, which extended attributes have to leave free.
  static let largestSize = 96

  init() {}

  /// - Parameter isDirectory: the object is the marker of a directory.
  init(metadata: [String: String], isDirectory: Bool = false) {
    mode = metadata["mode"].flatMap { ModeText.value(of: $0, isDirectory: isDirectory) }
    uid = metadata["uid"].flatMap { UInt32($0) }
    gid = metadata["gid"].flatMap { UInt32($0) }
    modified = metadata["mtime"].flatMap { Timestamp(stored: $0) }
    device = metadata["rdev"].flatMap { UInt64($0, radix: 16) }
    let target = isDirectory ? nil : metadata[StoredAttributes.linkName]
    linkTarget = target.flatMap { text in
      guard let target = String(validating: MetadataText.decode(text), as: UTF8.self) else { return nil }
      return target.isEmpty || target.utf8.contains(0) || target.utf8.count > 4_095 ? nil : target
    }
  }

  /// The metadata that says this.
  var metadata: [String: String] {
    var result: [String: String] = [:]
    if let mode { result["mode"] = String(mode) }
    if let uid { result["uid"] = String(uid) }
    if let gid { result["gid"] = String(gid) }
    if let modified { result["mtime"] = modified.decimal }
    if let device { result["rdev"] = String(device, radix: 16) }
    return result
  }

  /// What the type bits say; a file unless they say otherwise.
  var kind: FileKind { linkTarget != nil ? .symbolicLink : mode.flatMap { FileKind(mode: $0) } ?? .regular }

  /// The kind of an object of `size` bytes that is no marker: never a directory, whatever its mode says, and nothing whose bytes could
  /// not be reached.
  func kind(ofSize size: Int64) -> FileKind {
    switch kind {
    case .regular, .directory: .regular
    case .symbolicLink: .symbolicLink
    case .fifo, .socket, .characterDevice, .blockDevice: size == 0 ? kind : .regular
    }
  }
}
