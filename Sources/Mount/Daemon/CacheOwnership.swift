// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The directory of one mount's cache, and the note in it that says whose it is.
package enum CacheOwnership {
  /// The name of the note.
  static let noteName = "source"

  /// Makes and checks the directory, and refuses one that holds the data of another mount: what waits there for its upload
  /// would land in the wrong bucket.
  ///
  /// - Parameter details: more lines for the note, see ``CacheNote``.
  package static func prepare(
    _ path: String, identity: MountIdentity, details: String = "", uid: UInt32
  ) throws(MountFailure) {
    try PrivateDirectory.make(path, purpose: "cache directory", uid: uid)
    let note = path + "/" + noteName
    if let text = FileContents.read(note, limit: 8_192) {
      let owner = text.split(separator: "\n").first.map(String.init) ?? ""
      guard owner == identity.text else {
        throw .init("cache directory \(path) belongs to another mount (\(owner)); name another with --cache-dir")
      }
      // The store may have moved, and an earlier pail wrote no details.
      if details.isEmpty || text == identity.text + "\n" + details { return }
    }
    try write(identity.text + "\n" + details, to: note)
  }

  /// Writes aside and renames, so that a crash leaves no half note.
  private static func write(_ text: String, to path: String) throws(MountFailure) {
    let temporary = path + ".new"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw .init("\(temporary): \(String(cString: strerror(errno)))") }
    let bytes = Array(text.utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
    let reason = errno
    close(file)
    guard isWritten, rename(temporary, path) == 0 else {
      throw .init("cache directory is not usable: \(path): \(String(cString: strerror(isWritten ? errno : reason)))")
    }
  }
}
