// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport

extension AgreementScript {
  private static let first = [UInt8](repeating: UInt8(ascii: "a"), count: 5 << 20)
  private static let last = Array("the end".utf8)
  // zlib.crc32 of the parts, and of both.
  private static let checksums: [UInt32] = [0xAFFC_C16F, 0x6FB1_1BD1]
  private static let checksum: UInt32 = 0x5037_5EC3

  private static func create(
    _ run: AgreementRecorder, _ step: String, _ key: ObjectKey, _ checksums: MultipartChecksums
  ) async -> UploadID {
    await run.step(step) { (client) throws(S3Error) in
      try await client.createMultipartUpload(
        key, properties: ObjectProperties(contentType: "text/x-a", metadata: ["a": "1"]), checksums: checksums)
    } ?? UploadID("none")
  }

  private static func send(
    _ run: AgreementRecorder, _ step: String, _ key: ObjectKey, _ upload: UploadID, _ number: Int, _ body: [UInt8],
    crc32: UInt32? = nil
  ) async -> CompletedPart {
    await run.step(step) { (client) throws(S3Error) in
      try await client.uploadPart(key, upload: upload, number: number, body: .bytes(body), crc32: crc32)
    } ?? CompletedPart(number: number, etag: otherTag)
  }

  private static func complete(
    _ run: AgreementRecorder, _ step: String, _ key: ObjectKey, _ upload: UploadID, _ parts: [CompletedPart],
    condition: WriteCondition = .always, crc32: UInt32? = nil
  ) async {
    await run.text(step) { (client) throws(S3Error) in
      let tag = try await client.completeMultipartUpload(
        key, upload: upload, parts: parts, condition: condition, crc32: crc32
      ).etag
      return String(tag.value.split(separator: "-").last ?? "")
    }
  }

  private static func parts(
    _ run: AgreementRecorder, _ step: String, _ key: ObjectKey, _ upload: UploadID
  ) async {
    await run.text(step) { (client) throws(S3Error) in
      try await client.listParts(key, upload: upload).map { "\($0.number)(\($0.size))" }.joined(separator: " ")
    }
  }

  private static func pending(_ run: AgreementRecorder, _ step: String, prefix: String) async {
    await run.text(step) { (client) throws(S3Error) in
      try await client.listMultipartUploads(prefix: prefix).map(\.key.string).sorted().joined(separator: " ")
    }
  }

  /// Uploads of one small part, and what is refused.
  static func uploads(_ run: AgreementRecorder) async {
    let upload = await create(run, "create", "k +ü", .none)
    await pending(run, "pending", prefix: "k")
    await pending(run, "pending elsewhere", prefix: "x")
    await parts(run, "no parts", "k +ü", upload)
    _ = await send(run, "a part", "k +ü", upload, 1, Array("new".utf8))
    let part = await send(run, "the same part again", "k +ü", upload, 1, Array("new".utf8))
    await parts(run, "one part", "k +ü", upload)
    await complete(run, "complete with an unknown tag", "k +ü", upload, [CompletedPart(number: 1, etag: otherTag)])
    await complete(run, "complete with another", "k +ü", upload, [CompletedPart(number: 2, etag: part.etag)])
    await run.put("put meanwhile", "k +ü", "meanwhile")
    await complete(run, "complete if absent", "k +ü", upload, [part], condition: .isAbsent)
    await complete(run, "complete another version", "k +ü", upload, [part], condition: .matches(otherTag))
    await parts(run, "still one part", "k +ü", upload)
    await complete(run, "complete", "k +ü", upload, [part])
    await run.get("get", "k +ü")
    await run.head("head", "k +ü")
    await parts(run, "parts of the completed", "k +ü", upload)
    _ = await send(run, "part of the completed", "k +ü", upload, 2, [1])
    await run.step("abort the completed") { (client) throws(S3Error) in
      try await client.abortMultipartUpload("k +ü", upload: upload)
    }
    let given = await create(run, "create another", "k", .composite)
    _ = await send(run, "a part with a wrong checksum", "k", given, 1, last, crc32: checksums[0])
    await parts(run, "no part", "k", given)
    _ = await send(run, "a part with its checksum", "k", given, 1, last, crc32: checksums[1])
    await run.step("abort") { (client) throws(S3Error) in try await client.abortMultipartUpload("k", upload: given) }
    await parts(run, "parts of the aborted", "k", given)
    await complete(run, "complete the aborted", "k", given, [part])
    let replaced = await create(run, "create for a part that is replaced", "r", .none)
    let old = await send(run, "a part to replace", "r", replaced, 1, Array("old".utf8))
    _ = await send(run, "its replacement", "r", replaced, 1, Array("new".utf8))
    await parts(run, "parts with a replaced one", "r", replaced)
    await complete(run, "complete with the replaced", "r", replaced, [old])
    await run.step("abort the last") { (client) throws(S3Error) in
      try await client.abortMultipartUpload("r", upload: replaced)
    }
    await pending(run, "nothing pending", prefix: "")
  }

  /// Uploads with a part that is large enough not to be the last.
  static func largeUploads(_ run: AgreementRecorder) async {
    let composite = await create(run, "create composite", "k", .composite)
    let two = await send(run, "part 2", "k", composite, 2, last, crc32: checksums[1])
    let one = await send(run, "part 1", "k", composite, 1, first, crc32: checksums[0])
    await parts(run, "parts", "k", composite)
    await complete(run, "complete composite", "k", composite, [two, one], condition: .isAbsent)
    await run.head("head composite", "k")
    await run.get("get where the parts meet", "k", range: 5_242_878..<5_242_887)

    let whole = await create(run, "create full object", "whole", .fullObject)
    let head = await send(run, "its part 1", "whole", whole, 1, first, crc32: checksums[0])
    let tail = await send(run, "its part 3", "whole", whole, 3, last, crc32: checksums[1])
    await complete(run, "complete with a wrong sum", "whole", whole, [head, tail], crc32: 1)
    await complete(run, "complete full object", "whole", whole, [head, tail], crc32: checksum)
    await run.head("head full object", "whole")

    let copied = await create(run, "create copied", "copied", .none)
    func copy(_ step: String, _ number: Int, _ range: Range<Int64>?, ifMatch: ETag? = nil) async -> CompletedPart {
      await run.step(step) { (client) throws(S3Error) in
        try await client.uploadPartCopy(
          "copied", upload: copied, number: number, source: CopySource(key: "k", ifMatch: ifMatch), range: range)
      } ?? CompletedPart(number: number, etag: otherTag)
    }
    _ = await copy("copy a part of another", 1, nil, ifMatch: otherTag)
    _ = await copy("copy more than there is", 1, 0..<9_000_000)
    let start = await copy("copy a part", 1, 0..<5_242_880)
    let end = await copy("copy another part", 2, 5_242_884..<5_242_887)
    await complete(run, "complete copied", "copied", copied, [start, end])
    await run.get("get the end of copied", "copied", range: 5_242_878..<5_242_883)

    let small = await create(run, "create small", "small", .none)
    let little = await send(run, "a small part", "small", small, 1, last)
    let rest = await send(run, "the last part", "small", small, 2, last)
    await complete(run, "complete small", "small", small, [little, rest])
  }
}
