// SPDX-License-Identifier: Apache-2.0
//
// The kernel's part: from paths and descriptors to the calls that a file system gets.
//
// It looks every component of a path up for every call, as a kernel does when the time to live is zero, opens what exists, and
// creates what does not. It counts lookups, to give them back. One thread.
// Sources: fs/namei.c and fs/fuse/dir.c of Linux for the order of errors.

import BucketFileSystem
import Glibc
import VFS

final class ModelKernel {
  struct Descriptor {
    var inode: InodeID
    var handle: HandleID
    var mode: AccessMode
  }

  var files: BucketFileSystem
  var descriptors: [Int: Descriptor] = [:]
  private var lookups: [InodeID: UInt64] = [:]
  let caller = Caller(uid: 0, gid: 0, pid: getpid())

  init(_ files: BucketFileSystem) { self.files = files }

  /// A new daemon: nothing is open, nothing is known.
  func restart(_ files: BucketFileSystem) {
    self.files = files
    descriptors = [:]
    lookups = [:]
  }

  // MARK: Paths

  func name(_ text: some StringProtocol) throws(Errno) -> Name {
    guard let name = Name(String(text)) else { throw .EINVAL }
    return name
  }

  func count(_ entry: Entry) { lookups[entry.attributes.inode, default: 0] += 1 }

  func find(_ parent: InodeID, _ name: Name) throws(Errno) -> Entry {
    let entry = try files.lookup(parent, name, caller: caller)
    count(entry)
    return entry
  }

  /// The directory that a path is in, and its last component.
  func parent(_ path: String) throws(Errno) -> (InodeID, Name) {
    var components = path.split(separator: "/")
    guard let last = components.popLast() else { throw .EINVAL }
    var inode = InodeID.root
    for component in components {
      let entry = try find(inode, name(component))
      guard entry.attributes.kind == .directory else { throw .ENOTDIR }
      inode = entry.attributes.inode
    }
    return (inode, try name(last))
  }

  /// Nil for the root.
  func find(_ path: String) throws(Errno) -> Attributes? {
    if path.isEmpty { return nil }
    let (inode, name) = try parent(path)
    return try find(inode, name).attributes
  }

  /// Gives back all lookups of what is not open.
  func forget() {
    let open = Set(descriptors.values.map(\.inode))
    for (inode, count) in lookups where !open.contains(inode) {
      files.forget(inode, count: count)
      lookups[inode] = nil
    }
  }

  // MARK: Descriptors

  func open(_ path: String, _ mode: AccessMode, extra: Int32) throws(Errno) -> Descriptor {
    guard let found = try find(path), found.kind != .directory else { throw .EISDIR }
    return try open(found.inode, mode, extra: extra)
  }

  func open(_ inode: InodeID, _ mode: AccessMode, extra: Int32) throws(Errno) -> Descriptor {
    let opened = try files.open(inode, flags: OpenFlags(rawValue: mode.flags | extra), caller: caller)
    return Descriptor(inode: inode, handle: opened.handle, mode: mode)
  }

  func create(_ path: String, _ mode: AccessMode, isExclusive: Bool) throws(Errno) -> Descriptor {
    let (parent, name) = try parent(path)
    let found: Entry?
    do throws(Errno) {
      found = try find(parent, name)
    } catch .ENOENT {
      found = nil
    }
    if let found {
      if isExclusive { throw .EEXIST }
      if found.attributes.kind == .directory { throw .EISDIR }
      return try open(found.attributes.inode, mode, extra: O_CREAT)
    }
    let flags = OpenFlags(rawValue: mode.flags | O_CREAT | (isExclusive ? O_EXCL : 0))
    let (entry, opened) = try files.create(parent, name, permissions: 0o644, flags: flags, caller: caller)
    count(entry)
    return Descriptor(inode: entry.attributes.inode, handle: opened.handle, mode: mode)
  }

  func close(_ descriptor: Descriptor) throws(Errno) {
    defer { files.release(descriptor.inode, descriptor.handle) }
    try files.flush(descriptor.inode, descriptor.handle, caller: caller)
  }

  func read(_ descriptor: Descriptor, _ offset: Int, _ length: Int) throws(Errno) -> [UInt8] {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: max(length, 1), alignment: 4_096)
    defer { scratch.deallocate() }
    let reply = try files.read(
      descriptor.inode, descriptor.handle, at: Int64(offset), length: length, scratch: scratch)
    switch reply {
    case .scratch(let count): return Array(scratch[..<count])
    case .pieces(let pieces): return pieces.flatMap { Array($0.bytes) }
    }
  }

  func write(_ descriptor: Descriptor, _ offset: Int64, _ bytes: [UInt8]) throws(Errno) {
    let written = bytes.withUnsafeBytes { bytes in
      Result { () throws(Errno) in try files.write(descriptor.inode, descriptor.handle, at: offset, bytes) }
    }
    guard try written.get() == bytes.count else { throw .EIO }
  }

  func names(_ path: String) throws(Errno) -> [String] {
    let found = try find(path)
    guard found.map({ $0.kind == .directory }) ?? true else { throw .ENOTDIR }
    let inode = found?.inode ?? .root
    let handle = try files.opendir(inode, caller: caller)
    defer { files.releasedir(inode, handle) }
    var names: [String] = []
    try files.readdir(inode, handle, from: 0, plus: false) { entry in
      if entry.name != ".", entry.name != ".." { names.append(entry.name) }
      return true
    }
    return names
  }
}

extension AccessMode {
  var flags: Int32 {
    switch self {
    case .read: O_RDONLY
    case .write: O_WRONLY
    case .both: O_RDWR
    }
  }
}
