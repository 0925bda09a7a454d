// SPDX-License-Identifier: Apache-2.0
//
// Compares an object with what a PutObject sent, to recognise one's own write after its answer was lost. Pure.
//
// An object is taken for ours when it was written no earlier than our first attempt, has our size, our content by CRC-32
// or MD5, and every property that we set with no metadata beside it. What that cannot tell apart is somebody else writing
// the very same bytes with the very same metadata within the same seconds. For a file that is harmless, both writers have
// what they wanted; for a lock or a counter it is not. Those are small: a write with less than 32 bytes of content and
// metadata, and every empty one, is never recognised and stays refused.
// Without a checksum that the store kept, or a body in memory, nothing is recognised either.

package import HTTPTransport
import SigV4

package struct WriteEvidence: Sendable {
  /// Bytes of content and metadata values that two writers hardly share by chance.
  package static let leastDistinctive: Int64 = 32

  private let body: RequestBody
  private let properties: ObjectProperties
  private let crc32: UInt32?

  package init(body: RequestBody, properties: ObjectProperties, crc32: UInt32?) {
    self.body = body
    self.properties = properties
    self.crc32 = crc32
  }

  /// - Parameter earliest: the time by the store's clock, in seconds since 1970, before which it cannot have been written.
  package func proves(_ head: ObjectHead, writtenAfter earliest: Int64) -> Bool {
    WriteEvidence.isDistinctive(size: body.length, properties) && head.size == body.length
      && head.lastModified >= earliest
      && properties.areKept(in: head.properties)
      && hasOurContent(head)
  }

  /// Whether `size` bytes with these properties are hardly written by two.
  package static func isDistinctive(size: Int64, _ properties: ObjectProperties) -> Bool {
    let metadata = properties.metadata.values.reduce(0) { $0 + Int64($1.utf8.count) }
    return size > 0 && size + metadata >= leastDistinctive
  }

  private func hasOurContent(_ head: ObjectHead) -> Bool {
    if let crc32, let checksum = head.checksumCRC32 { return ChecksumCRC32.decode(checksum) == crc32 }
    guard case .bytes(let bytes) = body, let md5 = MD5.base64(of: bytes).flatMap({ Base64.decode($0) }) else {
      return false
    }
    return Hexadecimal.decode(head.etag.value) == md5
  }
}
