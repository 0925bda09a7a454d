// SPDX-License-Identifier: Apache-2.0
//
// The callbacks of libfuse's low-level interface. They have no logic: each decodes its arguments, calls the file system
// once and replies. They are global functions because libfuse calls them on worker threads, where a closure that belongs
// to an actor would trap.

import CFUSE

extension fuse_lowlevel_ops {
  /// Every operation that is answered. libfuse answers ENOSYS to those left out, and the kernel then helps itself:
  /// - access: with `default_permissions` it checks the mode bits and never asks; without, everything is allowed.
  /// - getlk, setlk, flock: locks are kept in the kernel, local to the machine.
  /// - ioctl: ENOTTY to the caller. poll: always ready. bmap: asked for block devices only.
  /// - write_buf, retrieve_reply: only with splice and retrieve, which are not used.
  static var pail: fuse_lowlevel_ops {
    var operations = fuse_lowlevel_ops()
    operations.`init` = initializeOperation
    operations.lookup = lookupOperation
    operations.forget = forgetOperation
    operations.forget_multi = forgetManyOperation
    operations.mkdir = makeDirectoryOperation
    operations.mknod = makeNodeOperation
    operations.symlink = makeSymbolicLinkOperation
    operations.readlink = readLinkOperation
    operations.unlink = unlinkOperation
    operations.rmdir = removeDirectoryOperation
    operations.rename = renameOperation
    operations.link = linkOperation
    operations.getattr = getAttributesOperation
    operations.setattr = setAttributesOperation
    operations.statfs = statisticsOperation
    operations.getxattr = getExtendedAttributeOperation
    operations.setxattr = setExtendedAttributeOperation
    operations.listxattr = listExtendedAttributesOperation
    operations.removexattr = removeExtendedAttributeOperation
    operations.open = openOperation
    operations.create = createOperation
    operations.read = readOperation
    operations.write = writeOperation
    operations.flush = flushOperation
    operations.fsync = synchronizeOperation
    operations.release = releaseOperation
    operations.fallocate = allocateOperation
    operations.lseek = seekOperation
    operations.copy_file_range = copyRangeOperation
    operations.opendir = openDirectoryOperation
    operations.readdir = readDirectoryOperation
    operations.readdirplus = readDirectoryPlusOperation
    operations.fsyncdir = synchronizeDirectoryOperation
    operations.releasedir = releaseDirectoryOperation
    return operations
  }
}

private func initializeOperation(_ userdata: UnsafeMutableRawPointer?, _ kernel: UnsafeMutablePointer<fuse_conn_info>?)
{
  guard let userdata, let kernel else { return }
  Unmanaged<Connection>.fromOpaque(userdata).takeUnretainedValue().negotiate(&kernel.pointee)
}
