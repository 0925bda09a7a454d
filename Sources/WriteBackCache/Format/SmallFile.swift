// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Small files of the cache directory, as a whole. Each call blocks and returns the errno of a failure.
enum SmallFile {
  /// The text of a file of at most 64 KiB; nil when there is none, or it is no text.
  static func read(_ path: String) -> String? {
    bytes(path, limit: 64 << 10).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// The first `limit` bytes of a file; nil when there is none.
  static func bytes(_ path: String, limit: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: limit) { buffer, length in
      while length < limit {
        let count = Glibc.read(descriptor, buffer.baseAddress! + length, limit - length)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        length += count
      }
    }
  }

  /// Replaces a file durably: a reader sees the old text or the new one.
  static func replace(_ path: String, with text: String) -> Int32? {
    let temporary = path + ".new"
    let code = write(text, to: temporary) ?? rename(temporary, to: path)
    if code != nil { unlink(temporary) }
    return code
  }

  private static func write(_ text: String, to path: String) -> Int32? {
    write(Array(text.utf8), to: path) ?? sync(path)
  }

  /// Makes a file of the owner's that has these bytes, or gives it these; nothing is durable then.
  static func write(_ bytes: [UInt8], to path: String) -> Int32? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      rest = rest.dropFirst(count)
    }
    return nil
  }

  /// Renames durably, within one directory.
  static func rename(_ path: String, to target: String) -> Int32? {
    guard Glibc.rename(path, target) == 0 else { return errno }
    return syncDirectory(of: target)
  }

  /// Makes the bytes of `path`, or the names in it, durable.
  static func sync(_ path: String) -> Int32? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    return fsync(descriptor) == 0 ? nil : errno
  }

  /// Makes the name of `path` durable.
  static func syncDirectory(of path: String) -> Int32? {
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    return sync(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }
}
