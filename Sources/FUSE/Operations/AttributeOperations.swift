// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

func getAttributesOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
  answer(raw) { files, _ throws(Errno) in
    try files.getattr(InodeID(inode), handle: info.map { HandleID($0.pointee.fh) })
  } reply: { request, attributes, _ in
    request.reply(attributes: attributes)
  }
}

func setAttributesOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ attributes: UnsafeMutablePointer<stat>?, _ selected: Int32,
  _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, caller throws(Errno) in
    guard let attributes else { throw .EINVAL }
    return try files.setattr(
      InodeID(inode), handle: info.map { HandleID($0.pointee.fh) },
      changes: AttributeChanges(attributes.pointee, selected: selected), caller: caller)
  } reply: { request, attributes, _ in
    request.reply(attributes: attributes)
  }
}

func statisticsOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t) {
  answer(raw) { files, _ throws(Errno) in
    try files.statfs(InodeID(inode))
  } reply: { request, statistics, _ in
    request.reply(statistics: statistics)
  }
}
