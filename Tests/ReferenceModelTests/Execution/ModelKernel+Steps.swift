// SPDX-License-Identifier: Apache-2.0

import BucketFileSystem
import Glibc
import VFS

/// One step of a program, and what came of it.
extension ModelKernel {
  /// Nil for steps that are no program's.
  func perform(_ operation: ModelOperation) -> Outcome? {
    do throws(Errno) {
      return try performOrFail(operation)
    } catch {
      return .failed(error)
    }
  }

  private func performOrFail(_ operation: ModelOperation) throws(Errno) -> Outcome? {
    switch operation {
    case .create(let slot, let path, let mode, let isExclusive):
      descriptors[slot] = try create(path, mode, isExclusive: isExclusive)
    case .open(let slot, let path, let mode, let truncates):
      descriptors[slot] = try open(path, mode, extra: truncates ? O_TRUNC : 0)
    case .write(let slot, let offset, let length, let seed):
      guard let descriptor = descriptors[slot] else { return .skipped }
      try write(descriptor, Int64(offset), ModelOperation.bytes(length, seed))
    case .append(let slot, let length, let seed):
      guard let descriptor = descriptors[slot] else { return .skipped }
      let size = try files.getattr(descriptor.inode, handle: descriptor.handle).attributes.size
      try write(descriptor, size, ModelOperation.bytes(length, seed))
    case .read(let slot, let offset, let length):
      guard let descriptor = descriptors[slot] else { return .skipped }
      return .bytes(try read(descriptor, offset, length))
    case .ftruncate(let slot, let size):
      guard let descriptor = descriptors[slot] else { return .skipped }
      try resize(descriptor.inode, descriptor.handle, size)
    case .truncate(let path, let size):
      guard let found = try find(path), found.kind == .regular else { throw .EISDIR }
      try resize(found.inode, nil, size)
    case .fsync(let slot):
      guard let descriptor = descriptors[slot] else { return .skipped }
      try files.fsync(descriptor.inode, descriptor.handle, dataOnly: false)
    case .flush(let slot):
      guard let descriptor = descriptors[slot] else { return .skipped }
      try files.flush(descriptor.inode, descriptor.handle, caller: caller)
    case .childFlush(let slot):
      guard let descriptor = descriptors[slot] else { return .skipped }
      try files.flush(descriptor.inode, descriptor.handle, caller: Caller(uid: 0, gid: 0, pid: 1))
    case .close(let slot):
      guard let descriptor = descriptors.removeValue(forKey: slot) else { return .skipped }
      try close(descriptor)
    case .rename(let from, let to): try rename(from, to)
    case .unlink(let path):
      let (parent, name) = try parent(path)
      guard try find(parent, name).attributes.kind != .directory else { throw .EISDIR }
      try files.unlink(parent, name, caller: caller)
    case .mkdir(let path):
      let (parent, name) = try parent(path)
      guard try !exists(parent, name) else { throw .EEXIST }
      count(try files.mkdir(parent, name, permissions: 0o755, caller: caller))
    case .rmdir(let path):
      let (parent, name) = try parent(path)
      guard try find(parent, name).attributes.kind == .directory else { throw .ENOTDIR }
      try files.rmdir(parent, name, caller: caller)
    case .readdir(let path): return .names(try names(path))
    case .stat(let path):
      guard let found = try find(path), found.kind == .regular else { return .directory }
      return .size(Int(found.size))
    case .cat(let path):
      let descriptor = try open(path, .read, extra: 0)
      defer { files.release(descriptor.inode, descriptor.handle) }
      return .bytes(try read(descriptor, 0, 1 << 25))
    case .forget: forget()
    case .put, .delete, .crash, .outage, .recover, .blip, .drain, .check: return nil
    }
    return .done
  }

  private func exists(_ parent: InodeID, _ name: Name) throws(Errno) -> Bool {
    do throws(Errno) {
      _ = try find(parent, name)
      return true
    } catch .ENOENT {
      return false
    }
  }

  private func resize(_ inode: InodeID, _ handle: HandleID?, _ size: Int) throws(Errno) {
    var changes = AttributeChanges()
    changes.size = Int64(size)
    _ = try files.setattr(inode, handle: handle, changes: changes, caller: caller)
  }

  private func rename(_ from: String, _ to: String) throws(Errno) {
    let (parent, name) = try parent(from)
    let (newParent, newName) = try self.parent(to)
    let source = try find(parent, name).attributes
    if try exists(newParent, newName) {
      let target = try find(newParent, newName).attributes
      if target.inode == source.inode { return }
      if source.kind == .directory, target.kind != .directory { throw .ENOTDIR }
      if source.kind != .directory, target.kind == .directory { throw .EISDIR }
    }
    try files.rename(parent, name, to: newParent, newName, flags: [], caller: caller)
  }
}
