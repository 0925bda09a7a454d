// SPDX-License-Identifier: Apache-2.0
//
// Where the bytes of a key go below a directory. Pure.
//
// For: `pail recover export`. A key may be any text that somebody with access to the bucket has chosen: one that would lead out of
// the directory, or that no file can have, is refused by name instead of being bent into another.

enum ExportPath {
  /// The names on the way, the last one that of the file; nil when the key makes no path.
  static func names(ofKey key: String) -> [String]? {
    let parts = key.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isPath = parts.allSatisfy { part in
      (1...255).contains(part.count) && !part.contains(0) && !part.elementsEqual(".".utf8)
        && !part.elementsEqual("..".utf8)
    }
    return isPath ? parts.map { String(Substring($0)) } : nil
  }
}
