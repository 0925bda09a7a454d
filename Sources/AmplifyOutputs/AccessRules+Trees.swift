// SPDX-License-Identifier: Apache-2.0

/// Questions about all that is below a directory.
extension AccessRules {
  /// Whether the rules say something of a directory or of what is below it, for whomever.
  ///
  /// - Parameter directory: a prefix that ends in `/`.
  package func mentions(_ directory: String) -> Bool {
    let bytes = Array(directory.utf8)
    let parent = bytes.dropLast().lastIndex(of: UInt8(ascii: "/")).map { bytes[...$0] } ?? []
    return entries.contains { $0.prefix.starts(with: bytes) }
      || folders.contains { $0.starts(with: bytes) || $0.elementsEqual(parent) }
  }

  /// Whether the rules grant all of `actions` on a directory and on everything that may be below it.
  ///
  /// - Parameter directory: a prefix that ends in `/`.
  package func allows(_ actions: [StorageAction], below directory: String) -> Bool {
    let bytes = Array(directory.utf8)
    let wanted = ActionSet(Set(actions))
    return bytes.withUnsafeBufferPointer { self.actions(at: $0) }.isSuperset(of: wanted)
      && entries.allSatisfy { !$0.prefix.starts(with: bytes) || $0.actions.isSuperset(of: wanted) }
  }
}
