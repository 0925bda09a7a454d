// SPDX-License-Identifier: Apache-2.0

import GRDB
import S3Client
import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("Uploads in the cache index") struct IndexedUploadTests {
  private let directory: TemporaryDirectory
  private let path: String
  private let index: CacheIndex

  init() throws {
    directory = try TemporaryDirectory("uploads")
    path = directory.path("index.sqlite")
    try CacheIndexBuilder.build(
      path: path, files: [IndexedFile(id: "a", record: .full, generation: 1)], quarantine: [:])
    index = try CacheIndex(path: path)
  }

  private static func part(_ number: Int, crc32: UInt32 = .max) -> SentPart {
    SentPart(number: number, length: 5 << 20, etag: ETag("\"e \(number)\""), crc32: crc32)
  }

  private static func upload(_ id: String, _ checksums: MultipartChecksums = .fullObject) -> IndexedUpload {
    IndexedUpload(
      begun: MultipartUpload.Begun(id: UploadID(id), checksums: checksums), key: ObjectKey("a key/ü"),
      properties: ObjectProperties(contentType: "text/x", metadata: ["k": "v ü"]), partSize: 8 << 20)
  }

  @Test(arguments: [.none, .composite, .fullObject] as [MultipartChecksums])
  func anUploadComesBackWithItsParts(checksums: MultipartChecksums) throws {
    var upload = Self.upload("id with spaces+/=", checksums)
    try index.save(upload, of: "a")
    #expect(try index.upload(of: "a") == upload)
    for number in [3, 1, 10_000] { try index.save(Self.part(number), of: "a") }
    try index.save(Self.part(3, crc32: 0), of: "a")
    upload.parts = [Self.part(1), Self.part(3, crc32: 0), Self.part(10_000)]
    #expect(try index.upload(of: "a") == upload)
  }

  @Test func aNewUploadHasNothingOfTheOldOne() throws {
    try index.save(Self.upload("old"), of: "a")
    try index.save(Self.part(1), of: "a")
    var new = Self.upload("new")
    new.parts = [Self.part(2)]
    try index.save(new, of: "a")
    #expect(try index.upload(of: "a") == new)
    try index.removeUpload(of: "a")
    #expect(try index.upload(of: "a") == nil)
    try index.save(Self.upload("third"), of: "a")
    #expect(try index.upload(of: "a")?.parts == [])
  }

  @Test func aFileThatIsSavedAgainKeepsItsUpload() throws {
    try index.save(Self.upload("u"), of: "a")
    try index.save(IndexedFile(id: "a", record: .small("k"), generation: 2))
    #expect(try index.upload(of: "a") == Self.upload("u"))
    try index.remove("a")
    #expect(try index.upload(of: "a") == nil)
  }

  @Test func withoutAFileThereIsNoUploadAndWithoutAnUploadNoPart() throws {
    #expect(throws: CacheIndexFailure.self) { try index.save(Self.upload("u"), of: "unknown") }
    #expect(throws: CacheIndexFailure.self) { try index.save(Self.part(1), of: "a") }
  }

  @Test func whatCannotBeReadIsOnlyASavingLost() throws {
    var upload = Self.upload("u")
    upload.parts = [Self.part(1), Self.part(2)]
    try index.save(upload, of: "a")
    try index.perform("change") { try $0.execute(sql: "UPDATE part SET crc32 = 4294967296 WHERE number = 1") }
    #expect(try index.upload(of: "a")?.parts == [Self.part(2)])
    try index.perform("change") { try $0.execute(sql: "UPDATE upload SET checksums = 'NEW'") }
    #expect(try index.upload(of: "a") == nil)
    #expect(try index.contents().files.map(\.id) == ["a"])
  }
}
