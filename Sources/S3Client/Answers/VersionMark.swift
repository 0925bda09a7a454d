// SPDX-License-Identifier: Apache-2.0
//
// What an object looks like that a write of ours makes, taken down before the write. Pure.
//
// For: recognising one's own version when the bytes that it was made of are gone: the file was changed after an upload whose answer
// was lost, or whose process died. WriteEvidence and CompletionEvidence do the same for a write that can still be repeated.
// What can go wrong: the store tells no checksum, and forms tags otherwise than S3. Then only the bytes can say it.

package struct VersionMark: Equatable, Sendable {
  /// Takes down a mark; the write does not begin when that throws.
  package typealias Announcement = @Sendable (VersionMark) async throws(S3Error) -> Void

  /// Bytes of the object.
  package var size: Int64
  /// Of all bytes; nil when the store has copied some of them.
  package var crc32: UInt32?
  /// Of an object with parts, as S3 forms it; nil when that is not known.
  package var etag: ETag?
  /// The composite checksum of an object with parts, "BASE64-COUNT".
  package var checksum: String?

  package init(size: Int64, crc32: UInt32?, etag: ETag? = nil, checksum: String? = nil) {
    self.size = size
    self.crc32 = crc32
    self.etag = etag
    self.checksum = checksum
  }

  /// What the store's answer says of an object.
  package enum Verdict: Equatable, Sendable {
    case ours, others
    /// Nothing that could be compared.
    case unknown
  }

  package func verdict(_ head: ObjectHead) -> Verdict {
    guard head.size == size else { return .others }
    // Some stores send no tag, which says nothing.
    if let etag, !etag.value.isEmpty, etag == head.etag { return .ours }
    guard let told = head.checksumCRC32 else { return .unknown }
    if let value = ChecksumCRC32.decode(told) {
      return crc32.map { $0 == value ? .ours : .others } ?? .unknown
    }
    return checksum.map { $0 == told ? .ours : .others } ?? .unknown
  }
}
