// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import HTTPTransport

/// A file of records that grows by appended text. Every call blocks for a moment.
struct RecordFile: Sendable {
  private let file: FileDescriptor

  /// - Parameter descriptor: open for reading and appending; closed with the last copy of this.
  init(owning descriptor: Int32) { file = FileDescriptor(owning: descriptor) }

  var descriptor: Int32 { file.rawValue }

  /// The content; nil when it cannot be read, is no UTF-8, or has more bytes than `limit`.
  func text(limit: Int) -> String? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
      let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? String(validating: bytes, as: UTF8.self) : nil }
      bytes += chunk[..<count]
    }
    return nil
  }

  /// Appends text with one write(2), as far as the disk has room: a reader must know a torn line from a whole one.
  func append(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  func clear() { _ = file.setSize(0) }
}
