// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

import S3Client

/// When a refused write counts as done. Each case that must not is one that would lose somebody's file.
@Suite struct EvidenceTests {
  /// 43 bytes; MD5 and CRC-32 from Python's hashlib and zlib.
  static let text = "The quick brown fox jumps over the lazy dog"
  static let md5 = "9e107d9d372bb6826bd81d3542a419d6"
  static let crc32: UInt32 = 0x414F_A339

  static func head(_ change: (inout ObjectHead) -> Void = { _ in }) -> ObjectHead {
    var head = ObjectHead(
      size: 43, etag: ETag(md5), lastModified: 1_000,
      properties: ObjectProperties(contentType: "text/plain", metadata: ["mtime": "1.000000001"]),
      checksumCRC32: "QU+jOQ==")
    change(&head)
    return head
  }

  private func proves(_ head: ObjectHead, body: String = text, crc32: UInt32? = crc32) -> Bool {
    WriteEvidence(
      body: .bytes(Array(body.utf8)),
      properties: ObjectProperties(contentType: "text/plain", metadata: ["Mtime": "1.000000001"]), crc32: crc32
    ).proves(head, writtenAfter: 1_000)
  }

  /// SEMANTICS: own-version
  @Test func recognisesOurOwn() {
    #expect(proves(EvidenceTests.head()))
    #expect(proves(EvidenceTests.head { $0.checksumCRC32 = nil }))
    #expect(proves(EvidenceTests.head { $0.etag = ETag("of-an-encrypted-object") }))
    #expect(proves(EvidenceTests.head { $0.properties.cacheControl = "set by the bucket" }))
    #expect(proves(EvidenceTests.head { $0.checksumCRC32 = nil }, crc32: nil))
  }

  @Test(arguments: [
    ("an older object", head { $0.lastModified = 999 }),
    ("another size", head { $0.size = 44 }),
    ("another checksum", head { $0.checksumCRC32 = "y/Q5Jg==" }),
    ("a composite checksum", head { $0.checksumCRC32 = "QU+jOQ==-1" }),
    (
      "another tag and no checksum",
      head {
        $0.checksumCRC32 = nil; $0.etag = ETag("9e107d9d372bb6826bd81d3542a419d7")
      }
    ),
    (
      "a multipart tag and no checksum",
      head {
        $0.checksumCRC32 = nil; $0.etag = ETag(md5 + "-1")
      }
    ),
    ("other metadata", head { $0.properties.metadata = ["mtime": "1.000000002"] }),
    ("more metadata", head { $0.properties.metadata["x"] = "y" }),
    ("no metadata", head { $0.properties.metadata = [:] }),
    ("another type", head { $0.properties.contentType = "text/html" }),
  ])
  func refuses(_ what: String, _ head: ObjectHead) { #expect(!proves(head), "\(what)") }

  /// SEMANTICS: own-version
  @Test func doesNotBelieveWhatAnyoneCouldHaveWritten() {
    let lock = WriteEvidence(body: .bytes(Array("locked".utf8)), properties: ObjectProperties(), crc32: 0x82F4_15B1)
    var head = ObjectHead(size: 6, etag: ETag("8d8ebcd6e54c40fe1ac4a3c4ce6b5fa0"), lastModified: 2_000)
    head.checksumCRC32 = ChecksumCRC32.encode(0x82F4_15B1)
    #expect(!lock.proves(head, writtenAfter: 1_000))

    let owner = String(repeating: "x", count: 40)
    let empty = WriteEvidence(body: .empty, properties: ObjectProperties(metadata: ["owner": owner]), crc32: 0)
    head = ObjectHead(
      size: 0, etag: ETag("d41d8cd98f00b204e9800998ecf8427e"), lastModified: 2_000,
      properties: ObjectProperties(metadata: ["owner": owner]), checksumCRC32: "AAAAAA==")
    #expect(!empty.proves(head, writtenAfter: 1_000))
  }

  @Test func doesNotBelieveAFileWithoutChecksum() {
    let file = FileRegion(file: FileDescriptor(owning: -1), offset: 0, length: 43)
    let properties = ObjectProperties(contentType: "text/plain", metadata: ["mtime": "1.000000001"])
    let evidence = { (crc32: UInt32?) in WriteEvidence(body: .file(file), properties: properties, crc32: crc32) }
    #expect(!evidence(nil).proves(EvidenceTests.head(), writtenAfter: 1_000))
    #expect(evidence(EvidenceTests.crc32).proves(EvidenceTests.head(), writtenAfter: 1_000))
    #expect(!evidence(EvidenceTests.crc32).proves(EvidenceTests.head { $0.checksumCRC32 = nil }, writtenAfter: 1_000))
  }

  /// 5 MiB of "a" and "the end"; expected values from Python's hashlib and zlib.
  static let parts = [
    CompletedPart(number: 1, etag: ETag("79b281060d337b9b2b84ccf390adcf74"), crc32: 0xAFFC_C16F),
    CompletedPart(number: 2, etag: ETag("406e28ff325208fc83b4dca7e88bff06"), crc32: 0x6FB1_1BD1),
  ]

  @Test func formsTheTagAndChecksumOfParts() {
    let evidence = CompletionEvidence(parts: EvidenceTests.parts)
    #expect(evidence.etag?.value == "dc2bc882b07e1e67a48bed8997ce6caf-2")
    #expect(evidence.checksum == "i3wNww==-2")
  }

  @Test func recognisesOurOwnParts() {
    let evidence = CompletionEvidence(parts: EvidenceTests.parts)
    func head(_ etag: String, _ checksum: String? = nil, at time: Int64 = 1_000) -> ObjectHead {
      ObjectHead(size: 5_242_887, etag: ETag(etag), lastModified: time, checksumCRC32: checksum)
    }
    #expect(evidence.proves(head("dc2bc882b07e1e67a48bed8997ce6caf-2"), writtenAfter: 1_000))
    #expect(evidence.proves(head("opaque", "i3wNww==-2"), writtenAfter: 1_000))
    #expect(!evidence.proves(head("dc2bc882b07e1e67a48bed8997ce6caf-2", at: 999), writtenAfter: 1_000))
    #expect(!evidence.proves(head("dc2bc882b07e1e67a48bed8997ce6caf-3"), writtenAfter: 1_000))
    #expect(!evidence.proves(head("opaque"), writtenAfter: 1_000))
    #expect(!evidence.proves(head("opaque", "i3wNww=="), writtenAfter: 1_000))
    let opaque = CompletionEvidence(parts: [CompletedPart(number: 1, etag: ETag("kms-opaque"))])
    #expect(opaque.etag == nil && opaque.checksum == nil)
    #expect(!opaque.proves(head("kms-opaque"), writtenAfter: 0))
    #expect(!CompletionEvidence(parts: []).proves(head("d41d8cd98f00b204e9800998ecf8427e-0"), writtenAfter: 0))
  }
}
