// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

extension Request {
  consuming func reply(entry: Entry, ifRefused: () -> Void) -> Replied {
    var parameter = fuse_entry_param(entry)
    return reply({ fuse_reply_entry($0, &parameter) }, ifRefused: ifRefused)
  }

  consuming func reply(attributes: TimedAttributes) -> Replied {
    var status = stat(attributes.attributes)
    return reply { fuse_reply_attr($0, &status, attributes.timeToLive) }
  }

  consuming func reply(target: String) -> Replied { reply { fuse_reply_readlink($0, target) } }

  consuming func reply(opened: OpenedFile, _ info: UnsafeMutablePointer<fuse_file_info>?, ifRefused: () -> Void)
    -> Replied
  {
    info?.pointee.set(opened)
    return reply({ fuse_reply_open($0, info) }, ifRefused: ifRefused)
  }

  consuming func reply(
    created: Entry, opened: OpenedFile, _ info: UnsafeMutablePointer<fuse_file_info>?, ifRefused: () -> Void
  ) -> Replied {
    var parameter = fuse_entry_param(created)
    info?.pointee.set(opened)
    return reply({ fuse_reply_create($0, &parameter, info) }, ifRefused: ifRefused)
  }

  consuming func reply(written count: Int) -> Replied { reply { fuse_reply_write($0, count) } }

  consuming func reply(offset: Int64) -> Replied { reply { fuse_reply_lseek($0, off_t(offset)) } }

  consuming func reply(bytes: UnsafeRawBufferPointer, ifRefused: () -> Void = {}) -> Replied {
    reply(
      { fuse_reply_buf($0, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) }, ifRefused: ifRefused)
  }

  consuming func reply(statistics: FileSystemStatistics) -> Replied {
    var status = statvfs()
    status.f_bsize = UInt(statistics.blockSize)
    status.f_frsize = UInt(statistics.blockSize)
    status.f_blocks = UInt(statistics.blocks)
    status.f_bfree = UInt(statistics.freeBlocks)
    status.f_bavail = UInt(statistics.freeBlocks)
    status.f_files = UInt(statistics.files)
    status.f_ffree = UInt(statistics.freeFiles)
    status.f_favail = UInt(statistics.freeFiles)
    status.f_namemax = UInt(statistics.maximumNameLength)
    return reply { fuse_reply_statfs($0, &status) }
  }

  /// Answers getxattr and listxattr: a caller with no room (`capacity` 0) asks how much it needs.
  consuming func reply(extended bytes: [UInt8], capacity: Int) -> Replied {
    if capacity == 0 { return reply { fuse_reply_xattr($0, bytes.count) } }
    if bytes.count > capacity { return reply(error: .ERANGE) }
    return reply(bytes: bytes)
  }

  consuming func reply(bytes: [UInt8]) -> Replied {
    // An empty array may have no address, which fuse_reply_buf accepts for no bytes.
    reply { request in
      bytes.withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) { fuse_reply_buf(request, $0.baseAddress, $0.count) }
      }
    }
  }
}

extension fuse_file_info {
  fileprivate mutating func set(_ opened: OpenedFile) {
    fh = opened.handle.rawValue
    keep_cache = opened.keepCache ? 1 : 0
    direct_io = opened.directIO ? 1 : 0
  }
}
