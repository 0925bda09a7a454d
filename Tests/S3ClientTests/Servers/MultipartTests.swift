// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

@Suite struct MultipartTests {
  private static let first = [UInt8](repeating: UInt8(ascii: "a"), count: 5 << 20)
  private static let last = Array("the end".utf8)
  // zlib.crc32 of the parts.
  private static let checksums: [UInt32] = [0xAFFC_C16F, 0x6FB1_1BD1]

  @Test(arguments: StoreKind.allCases, [true, false])
  func makesAnObjectOfParts(_ kind: StoreKind, _ checksum: Bool) async throws {
    let fixture = try await ServerFixture(kind)
    let client = fixture.client
    let key: ObjectKey = "big + file"
    let properties = ObjectProperties(contentType: "text/x-big", metadata: ["a": "1"])
    let upload = try await client.createMultipartUpload(
      key, properties: properties, checksums: checksum ? .composite : .none)
    #expect(try await client.listMultipartUploads(prefix: "big").map(\.upload) == [upload])
    #expect(try await client.listMultipartUploads(prefix: "big").map(\.key) == [key])
    #expect(try await client.listMultipartUploads(prefix: "other") == [])
    #expect(try await client.listParts(key, upload: upload) == [])

    let checksums = MultipartTests.checksums.map { checksum ? $0 : nil }
    let two = try await client.uploadPart(
      key, upload: upload, number: 2, body: .bytes(MultipartTests.last), crc32: checksums[1])
    let one = try await client.uploadPart(
      key, upload: upload, number: 1, body: .bytes(MultipartTests.first), crc32: checksums[0])
    let parts = try await client.listParts(key, upload: upload)
    #expect(
      parts.map(\.number) == [1, 2] && parts.map(\.size) == [5 << 20, 7] && parts.map(\.etag) == [one.etag, two.etag])
    // SeaweedFS keeps the checksums of parts and does not list them.
    if checksum, kind == .ministack { #expect(parts.map(\.crc32) == MultipartTests.checksums) }

    let written = try await client.completeMultipartUpload(
      key, upload: upload, parts: [two, one], condition: .isAbsent)
    #expect(written.etag.value == "dc2bc882b07e1e67a48bed8997ce6caf-2")
    let head = try await client.headObject(key)
    #expect(head.size == 5_242_887 && head.etag == written.etag && head.properties == properties)
    // SeaweedFS and ministack report the composed checksum as S3 does.
    if checksum { #expect(head.checksumCRC32 == "i3wNww==-2") }
    #expect(try await fixture.other.get(key.string) == MultipartTests.first + MultipartTests.last)
    let error = await #expect(throws: S3Error.self) { try await client.listParts(key, upload: upload) }
    #expect(error?.code == "NoSuchUpload")
    #expect(try await fixture.other.uploads() == [])
  }

  @Test(arguments: StoreKind.allCases)
  func refusesAWrongPart(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let upload = try await fixture.client.createMultipartUpload(
      "k", properties: ObjectProperties(), checksums: .composite)
    let error = await #expect(throws: S3Error.self) {
      try await fixture.client.uploadPart(
        "k", upload: upload, number: 1, body: .bytes(MultipartTests.last), crc32: MultipartTests.checksums[0])
    }
    #expect(error?.status == 400)
    #expect(try await fixture.client.listParts("k", upload: upload) == [])
    _ = try await fixture.client.uploadPart("k", upload: upload, number: 1, body: .bytes([1]), crc32: 0xA505_DF1B)
    let wrong = await #expect(throws: S3Error.self) {
      try await fixture.client.completeMultipartUpload(
        "k", upload: upload, parts: [CompletedPart(number: 1, etag: ETag("79b281060d337b9b2b84ccf390adcf74"))])
    }
    #expect(wrong?.code == "InvalidPart")
    try await fixture.client.abortMultipartUpload("k", upload: upload)
    #expect(try await fixture.other.uploads() == [])
    let again = await #expect(throws: S3Error.self) {
      try await fixture.client.uploadPart("k", upload: upload, number: 1, body: .bytes([1]))
    }
    #expect(again?.code == "NoSuchUpload")
  }

  @Test(arguments: StoreKind.allCases)
  func completesUnderConditions(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let old = try await fixture.put("k", "old")
    let upload = try await fixture.client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .none)
    let part = try await fixture.client.uploadPart("k", upload: upload, number: 1, body: .bytes(Array("new".utf8)))
    let complete = { (condition: WriteCondition) async throws(S3Error) -> WrittenObject in
      try await fixture.client.completeMultipartUpload("k", upload: upload, parts: [part], condition: condition)
    }
    for condition in [WriteCondition.isAbsent, .matches(ETag("00000000000000000000000000000000"))] {
      let error = await #expect(throws: S3Error.self) { _ = try await complete(condition) }
      #expect(error?.isConditionFailure == true)
    }
    #expect(try await fixture.client.listParts("k", upload: upload).count == 1)
    _ = try await complete(.matches(old.etag))
    #expect(try await fixture.other.get("k") == Array("new".utf8))
  }

  @Test(arguments: StoreKind.allCases)
  func copiesParts(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let client = fixture.client
    let source = try await client.putObject(
      "source ü+", body: .bytes(MultipartTests.first + MultipartTests.last), properties: ObjectProperties())
    let upload = try await client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .none)
    let origin = CopySource(key: "source ü+", ifMatch: source.etag)
    let one = try await client.uploadPartCopy("k", upload: upload, number: 1, source: origin, range: 0..<5_242_880)
    let two = try await client.uploadPartCopy(
      "k", upload: upload, number: 2, source: origin, range: 5_242_884..<5_242_887)
    let error = await #expect(throws: S3Error.self) {
      try await client.uploadPartCopy(
        "k", upload: upload, number: 3, source: CopySource(key: "source ü+", ifMatch: ETag("other")), range: nil)
    }
    #expect(error?.isConditionFailure == true)
    _ = try await client.completeMultipartUpload("k", upload: upload, parts: [one, two])
    #expect(try await fixture.other.get("k") == MultipartTests.first + Array("end".utf8))
  }

  /// A big object of which a few bytes changed: one part is new, the other stays in the store.
  @Test(arguments: StoreKind.allCases)
  func mixesCopiedPartsWithChecksums(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let client = fixture.client
    _ = try await client.putObject("k", body: .bytes(MultipartTests.first), properties: ObjectProperties())
    let upload = try await client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .composite)
    let one = try await client.uploadPartCopy("k", upload: upload, number: 1, source: CopySource(key: "k"), range: nil)
    let two = try await client.uploadPart(
      "k", upload: upload, number: 2, body: .bytes(MultipartTests.last), crc32: MultipartTests.checksums[1])
    _ = try await client.completeMultipartUpload("k", upload: upload, parts: [one, two])
    // ministack tells no checksum of a copied part, and composes none.
    #expect(one.crc32 == (kind == .seaweedFS ? MultipartTests.checksums[0] : nil))
    #expect(try await client.headObject("k").checksumCRC32 == (kind == .seaweedFS ? "i3wNww==-2" : nil))
    #expect(try await fixture.other.get("k") == MultipartTests.first + MultipartTests.last)
  }
}
