// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport

/// Operations that are done on the store in memory and on a real one, to compare how they end.
enum AgreementScript: String, CaseIterable {
  case objects, conditions, copies, listings, uploads, largeUploads

  func run(_ recorder: AgreementRecorder) async {
    switch self {
    case .objects: await AgreementScript.objects(recorder)
    case .conditions: await AgreementScript.conditions(recorder)
    case .copies: await AgreementScript.copies(recorder)
    case .listings: await AgreementScript.listings(recorder)
    case .uploads: await AgreementScript.uploads(recorder)
    case .largeUploads: await AgreementScript.largeUploads(recorder)
    }
  }

  static let otherTag = ETag("00000000000000000000000000000000")

  private static func objects(_ run: AgreementRecorder) async {
    await run.step("head bucket") { (client) throws(S3Error) in try await client.headBucket() }
    await run.head("head nothing", "none")
    await run.get("get nothing", "none")
    await run.step("delete nothing") { (client) throws(S3Error) in try await client.deleteObject("none") }
    var properties = ObjectProperties(contentType: "text/x-pail", metadata: ["mode": "33188", "a.b": "x%20y"])
    properties.contentDisposition = "attachment; filename=\"a b.txt\""
    properties.contentLanguage = "de"
    properties.cacheControl = "max-age=60"
    properties.contentEncoding = "x-none"
    await run.put("put with properties", "k", "hello", properties, crc32: 0x3610_A686)
    await run.head("head it", "k")
    await run.get("get it", "k")
    await run.put("put with a wrong checksum", "k", "hellp", crc32: 0x3610_A686)
    await run.get("get the old", "k")
    await run.put("replace", "k", "0123456789", ObjectProperties(contentType: "text/x-b"))
    await run.head("head the new", "k")
    for range in [0..<1, 3..<7, 9..<10, 5..<500, 10..<11, 0..<10, 0..<100] as [Range<Int64>] {
      await run.get("get \(range)", "k", range: range)
    }
    await run.put("put nothing", "empty", "", ObjectProperties(contentType: "text/x-b"))
    await run.head("head the empty", "empty")
    await run.get("get the empty", "empty")
    await run.get("get a range of the empty", "empty", range: 0..<1)
    await run.step("delete") { (client) throws(S3Error) in try await client.deleteObject("k") }
    await run.get("get the deleted", "k")
    await run.text("delete many") { (client) throws(S3Error) in
      "\(try await client.deleteObjects(["empty", "none", "a&b<c>"]).count)"
    }
    await run.list("list nothing", prefix: "")
    await run.put("put a long key", ObjectKey(String(repeating: "k", count: 1_025)), "x")
  }

  private static func conditions(_ run: AgreementRecorder) async {
    await run.put("replace nothing", "k", "0", condition: .matches(otherTag))
    let first = await run.put("create", "k", "1", condition: .isAbsent) ?? otherTag
    await run.put("create again", "k", "2", condition: .isAbsent)
    await run.put("replace another", "k", "2", condition: .matches(otherTag))
    let second = await run.put("replace", "k", "2", condition: .matches(first)) ?? otherTag
    await run.put("replace the old", "k", "3", condition: .matches(first))
    await run.get("get", "k", ifMatch: second)
    await run.get("get the old", "k", ifMatch: first)
    await run.get("get a range of it", "k", range: 0..<1, ifMatch: second)
    await run.get("get a range of the old", "k", range: 0..<1, ifMatch: first)
    await run.get("get nothing", "none", ifMatch: first)
    await run.step("delete the old") { (client) throws(S3Error) in try await client.deleteObject("k", ifMatch: first) }
    await run.step("delete it") { (client) throws(S3Error) in try await client.deleteObject("k", ifMatch: second) }
    await run.step("delete it again") { (client) throws(S3Error) in
      try await client.deleteObject("k", ifMatch: second)
    }
    await run.put("create what was deleted", "k", "4", condition: .isAbsent)
    await run.get("get the last", "k")
  }

  private static func copies(_ run: AgreementRecorder) async {
    let properties = ObjectProperties(contentType: "text/x-a", metadata: ["a": "1"])
    let tag = await run.put("put", "ü +&", "source", properties, crc32: 0x5F8A_7F73) ?? otherTag
    func copy(
      _ step: String, _ source: ObjectKey, _ target: ObjectKey, ifMatch: ETag? = nil,
      properties: ObjectProperties? = nil, condition: WriteCondition = .always
    ) async -> ETag? {
      await run.step(step) { (client) throws(S3Error) in
        try await client.copyObject(
          CopySource(key: source, ifMatch: ifMatch), to: target, properties: properties, condition: condition
        ).etag
      }
    }
    let copied = await copy("copy", "ü +&", "copy", ifMatch: tag) ?? otherTag
    await run.head("head the copy", "copy")
    await run.get("get the copy", "copy", ifMatch: copied)
    _ = await copy("copy nothing", "none", "never")
    _ = await copy("copy another", "ü +&", "never", ifMatch: otherTag)
    await run.head("head what was not copied", "never")
    _ = await copy("copy to where something is", "ü +&", "copy", condition: .isAbsent)
    _ = await copy("copy to where nothing is", "ü +&", "new", condition: .isAbsent)
    _ = await copy(
      "replace properties", "ü +&", "ü +&", properties: ObjectProperties(contentType: "text/x-b", metadata: ["b": "2"]))
    await run.head("head with new properties", "ü +&")
    _ = await copy("replace nothing of itself", "ü +&", "ü +&")
    await run.list("list", prefix: "")
  }

  private static func listings(_ run: AgreementRecorder) async {
    for key in ["a b/1", "a b/2", "a b/c+d/3", "a b/c+d/4", "e", "f/x", "ü/x", "ü/y"] as [ObjectKey] {
      await run.put("put \(key)", key, "x")
    }
    await run.list("all", prefix: "")
    for page in [1, 2, 3, 7, 8] {
      await run.list("pages of \(page)", prefix: "", page: page)
      await run.list("grouped pages of \(page)", prefix: "", delimiter: "/", page: page)
    }
    await run.list("a prefix", prefix: "a b/")
    await run.list("a prefix, grouped", prefix: "a b/", delimiter: "/")
    await run.list("half a name", prefix: "a", delimiter: "/")
    await run.list("no such prefix", prefix: "nothing/", delimiter: "/")
    await run.list("after a key", prefix: "", startAfter: "a b/c+d/3")
    await run.list("after no key", prefix: "", startAfter: "d")
    await run.list("after a key, in pages", prefix: "", startAfter: "a b/1", page: 2)
    await run.list("after the last", prefix: "", startAfter: "ü/y")
    await run.list("after a key in a prefix", prefix: "a b/", startAfter: "a b/1")
  }
}
