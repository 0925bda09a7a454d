// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

/// What S3 says and the servers here do not, and what can be switched off.
@Suite struct MemoryBucketTests {
  private static let part = [UInt8](repeating: UInt8(ascii: "a"), count: 5 << 20)

  /// The status and code of a request that fails.
  private func failure(_ body: () async throws(S3Error) -> Void) async -> String {
    do throws(S3Error) {
      try await body()
      return "ok"
    } catch {
      return "\(error.status) \(error.code)"
    }
  }

  private func upload(
    _ store: MemoryStore, _ checksums: MultipartChecksums, _ bodies: [[UInt8]], crc32: [UInt32?] = []
  ) async throws -> (UploadID, [CompletedPart]) {
    let upload = try await store.client.createMultipartUpload("k", properties: ObjectProperties(), checksums: checksums)
    var parts: [CompletedPart] = []
    for (index, body) in bodies.enumerated() {
      parts.append(
        try await store.client.uploadPart(
          "k", upload: upload, number: index + 1, body: .bytes(body), crc32: crc32.isEmpty ? nil : crc32[index]))
    }
    return (upload, parts)
  }

  @Test func everyKeyRoundTrips() async throws {
    let store = try MemoryStore()
    let names = KeyTests.portable + KeyTests.flatOnly
    for name in names {
      try await store.put(ObjectKey(name), "body of \(name)")
      #expect(try await store.client.headObject(ObjectKey(name)).size == Int64("body of \(name)".utf8.count))
      #expect(try await store.client.listObjects(prefix: name).objects.map(\.key) == [ObjectKey(name)])
      _ = try await store.client.copyObject(CopySource(key: ObjectKey(name)), to: "copy")
      #expect(store.transport.object("copy")?.body == Array("body of \(name)".utf8))
    }
    let all = names.map { ObjectKey($0) } + ["copy"]
    #expect(try await store.client.listObjects(prefix: "").objects.map(\.key) == all.sorted())
    #expect(store.transport.keys.map(\.string) == all.sorted().map(\.string))
    #expect(try await store.client.deleteObjects(all) == [])
    #expect(store.transport.objects == [:] && store.transport.keys == [])
  }

  @Test func pagesThousands() async throws {
    let store = try MemoryStore()
    for number in 0..<2_345 { store.transport.put(MemoryKey("k\(10_000 + number * 11 % 2_345)"), [1]) }
    var keys: [ObjectKey] = []
    var token: String?
    repeat {
      let page = try await store.client.listObjects(prefix: "k", continuationToken: token)
      keys += page.objects.map(\.key)
      token = page.nextContinuationToken
      // What comes and goes between pages does not move the others.
      store.transport.put("k0", [1])
      store.transport.delete("k10003")
    } while token != nil
    #expect(keys == (0..<2_345).map { ObjectKey("k\(10_000 + $0)") })
    #expect(store.transport.count(.listObjects) == 3)
  }

  @Test func listsPartsAndUploadsInPages() async throws {
    let store = try MemoryStore()
    let upload = try await store.client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .none)
    for number in 1...1_001 {
      _ = try await store.client.uploadPart("k", upload: upload, number: number, body: .bytes([1]))
      _ = try await store.client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .none)
    }
    #expect(try await store.client.listParts("k", upload: upload).map(\.number) == Array(1...1_001))
    let uploads = try await store.client.listMultipartUploads(prefix: "")
    #expect(uploads.map(\.upload.string) == store.transport.uploads.map(\.id) && uploads.count == 1_002)
  }

  @Test func refusesPartsThatS3Refuses() async throws {
    let store = try MemoryStore()
    let client = store.client
    var (upload, parts) = try await upload(store, .composite, [[1], [1]], crc32: [0xA505_DF1B, 0xA505_DF1B])
    func complete(_ parts: [CompletedPart]) async -> String {
      await failure { () throws(S3Error) in
        _ = try await client.completeMultipartUpload("k", upload: upload, parts: parts)
      }
    }
    #expect(await complete(parts) == "400 EntityTooSmall")
    parts[1].crc32 = 1
    #expect(await complete(parts) == "400 InvalidPart")
    parts[1].crc32 = nil
    #expect(await complete(parts) == "400 InvalidRequest")
    #expect(await complete([parts[0], parts[0]]) == "400 InvalidPartOrder")
    for (number, crc32, code) in [
      (0, 0xA505_DF1B, "InvalidArgument"), (10_001, 0xA505_DF1B, "InvalidArgument"), (1, nil, "InvalidRequest"),
    ]
      as [(Int, UInt32?, String)]
    {
      let failure = await failure { () throws(S3Error) in
        _ = try await client.uploadPart("k", upload: upload, number: number, body: .bytes([1]), crc32: crc32)
      }
      #expect(failure == "400 \(code)")
    }
    #expect(store.transport.uploads.count == 1 && store.transport.objects == [:])
    let other = await failure { () throws(S3Error) in _ = try await client.listParts("other", upload: upload) }
    #expect(other == "404 NoSuchUpload")
  }

  @Test func refusesCopiesThatS3Refuses() async throws {
    let store = try MemoryStore()
    try await store.put("k", "0123456789")
    let onto = await failure { () throws(S3Error) in
      _ = try await store.client.copyObject(CopySource(key: "k"), to: "k")
    }
    #expect(onto == "400 InvalidRequest")
    let upload = try await store.client.createMultipartUpload("u", properties: ObjectProperties(), checksums: .none)
    let range = await failure { () throws(S3Error) in
      _ = try await store.client.uploadPartCopy(
        "u", upload: upload, number: 1, source: CopySource(key: "k"), range: 0..<5)
    }
    #expect(range == "400 InvalidRequest")
    let metadata = await failure { () throws(S3Error) in
      _ = try await store.client.putObject(
        "m", body: .empty, properties: ObjectProperties(metadata: ["a": String(repeating: "x", count: 2_048)]))
    }
    #expect(metadata == "400 MetadataTooLarge")
  }

  @Test(arguments: [(false, "404 NoSuchUpload"), (true, "ok")] as [(Bool, String)])
  func repeatsCompletions(_ isRepeated: Bool, _ expected: String) async throws {
    var capabilities = MemoryCapabilities()
    capabilities.repeatsCompletions = isRepeated
    let store = try MemoryStore(capabilities)
    let (upload, parts) = try await upload(store, .none, [[1]])
    let first = try await store.client.completeMultipartUpload("k", upload: upload, parts: parts)
    let object = store.transport.object("k")
    let again = await failure { () throws(S3Error) in
      let written = try await store.client.completeMultipartUpload("k", upload: upload, parts: parts)
      #expect(written.etag == first.etag)
    }
    #expect(again == expected && store.transport.object("k") == object)
  }

  @Test(
    arguments: [(.honoured, "412 PreconditionFailed"), (.ignored, "ok"), (.refused, "501 NotImplemented")]
      as [(MemoryCapabilities.Support, String)])
  func switchesConditionsOff(_ support: MemoryCapabilities.Support, _ expected: String) async throws {
    var capabilities = MemoryCapabilities()
    capabilities.conditionalWrites = support
    capabilities.conditionalDeletes = support
    let store = try MemoryStore(capabilities)
    store.transport.put("k", [1])
    let (upload, parts) = try await upload(store, .none, [[2]])
    let outcomes = [
      await failure { () throws(S3Error) in
        _ = try await store.client.putObject(
          "k", body: .bytes([2]), properties: ObjectProperties(), condition: .isAbsent)
      },
      await failure { () throws(S3Error) in
        _ = try await store.client.copyObject(
          CopySource(key: "k"), to: "k", properties: ObjectProperties(), condition: .matches(ETag("other")))
      },
      await failure { () throws(S3Error) in
        _ = try await store.client.completeMultipartUpload("k", upload: upload, parts: parts, condition: .isAbsent)
      },
      await failure { () throws(S3Error) in try await store.client.deleteObject("k", ifMatch: ETag("other")) },
    ]
    #expect(outcomes == Array(repeating: expected, count: 4))
  }

  @Test func switchesMultipartFeaturesOff() async throws {
    var capabilities = MemoryCapabilities()
    capabilities.fullObjectChecksums = .refused
    capabilities.uploadPartCopy = false
    let store = try MemoryStore(capabilities)
    let created = await failure { () throws(S3Error) in
      _ = try await store.client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .fullObject)
    }
    #expect(created == "400 InvalidRequest")
    store.transport.put("source", MemoryBucketTests.part)
    let (upload, _) = try await upload(store, .none, [])
    let copied = await failure { () throws(S3Error) in
      _ = try await store.client.uploadPartCopy(
        "k", upload: upload, number: 1, source: CopySource(key: "source"), range: nil)
    }
    #expect(copied == "501 NotImplemented")

    capabilities.fullObjectChecksums = .miscounted
    store.transport.setCapabilities(capabilities)
    let (whole, parts) = try await self.upload(store, .fullObject, [[1]], crc32: [0xA505_DF1B])
    let completed = await failure { () throws(S3Error) in
      _ = try await store.client.completeMultipartUpload("k", upload: whole, parts: parts, crc32: 0xA505_DF1B)
    }
    #expect(completed == "400 BadDigest")
    _ = try await store.client.completeMultipartUpload("k", upload: whole, parts: parts)
  }

  @Test func knowsWhoAsksForWhat() async throws {
    var capabilities = MemoryCapabilities()
    capabilities.owner = "123456789012"
    let store = try MemoryStore(capabilities)
    try await store.put("k", "x")
    for (bucket, owner, expected) in [
      ("bkt", "123456789012", "ok"), ("bkt", "123456789013", "403 AccessDenied"), ("other", nil, "404 NoSuchBucket"),
    ] as [(String, String?, String)] {
      let client = try MemoryStore.client(store.transport, bucket: bucket, owner: owner)
      let outcome = await failure { () throws(S3Error) in _ = try await client.getObject("k", into: .collect(limit: 1))
      }
      #expect(outcome == expected)
    }
    let named = try MemoryStore.client(store.transport, addressing: .virtualHost)
    #expect(try await named.getObject("k", into: .collect(limit: 1)).bytes == Array("x".utf8))

    let url = try await store.client.presignedURL(
      method: .get, key: "k", expiresIn: 60, query: [("response-content-disposition", "attachment; filename=\"x y\"")])
    let response = try await store.transport.perform(HTTPRequest(method: .get, url: url))
    #expect(response.status == 200 && response.headers["content-disposition"] == "attachment; filename=\"x y\"")
    for (url, headers, status) in [
      ("http://memory.test/bkt/k", [], 403), (url + "&acl=", [], 501), (url, [("x-amz-acl", "private")], 501),
      (url, [("If-None-Match", "*")], 304), (url, [("Range", "bytes=-1")], 206), (url, [("Range", "bytes=1-")], 416),
      (url, [("Range", "bytes=0")], 200),
    ] as [(String, [(String, String)], Int)] {
      let headers = HTTPHeaders(headers.map { (name: $0.0, value: $0.1) })
      let response = try await store.transport.perform(HTTPRequest(method: .get, url: url, headers: headers))
      #expect(response.status == status)
    }
  }

  @Test func keepsTime() async throws {
    let store = try MemoryStore()
    let first = try await store.put("k", "1")
    store.transport.advance(86_400 * 59)
    let second = try await store.put("k", "2")
    let head = try await store.client.headObject("k")
    #expect(first.serverTime == 1_767_225_600 && second.serverTime == 1_767_225_600 + 86_400 * 59)
    #expect(head.lastModified == second.serverTime)
    #expect(try await store.client.listObjects(prefix: "").objects[0].lastModified == head.lastModified)
    // Of the same content, a write is another version.
    let third = try await store.put("k", "2")
    #expect(third.etag != second.etag)
  }
}
