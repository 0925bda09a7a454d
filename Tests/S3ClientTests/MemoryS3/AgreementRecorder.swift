// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client

/// Does one operation after the other on a store and writes down how each ended, in words that do not depend on the store.
final class AgreementRecorder {
  struct Line: Equatable {
    let step: String
    /// "ok …", or the status and code of the error.
    let outcome: String
  }

  let client: S3Client
  private(set) var lines: [Line] = []

  init(_ client: S3Client) { self.client = client }

  /// Does a step whose result is text.
  func text(_ step: String, _ body: (S3Client) async throws(S3Error) -> String) async {
    do throws(S3Error) {
      let text = try await body(client)
      lines.append(Line(step: step, outcome: text.isEmpty ? "ok" : "ok \(text)"))
    } catch {
      lines.append(Line(step: step, outcome: "\(error.status) \(error.code)"))
    }
  }

  /// Does a step whose result the script needs later; nil when it failed.
  @discardableResult
  func step<Result>(_ step: String, _ body: (S3Client) async throws(S3Error) -> Result) async -> Result? {
    var result: Result?
    await text(step) { (client) throws(S3Error) in
      result = try await body(client)
      return ""
    }
    return result
  }

  @discardableResult
  func put(
    _ step: String, _ key: ObjectKey, _ body: String, _ properties: ObjectProperties = ObjectProperties(),
    condition: WriteCondition = .always, crc32: UInt32? = nil
  ) async -> ETag? {
    await self.step(step) { (client) throws(S3Error) in
      try await client.putObject(
        key, body: .bytes(Array(body.utf8)), properties: properties, condition: condition, crc32: crc32
      ).etag
    }
  }

  /// Gets a small object, or a range of it.
  func get(_ step: String, _ key: ObjectKey, range: Range<Int64>? = nil, ifMatch: ETag? = nil) async {
    await text(step) { (client) throws(S3Error) in
      let body = try await client.getObject(key, range: range, ifMatch: ifMatch, into: .collect(limit: 1 << 10))
      return "\(String(decoding: body.bytes, as: UTF8.self)) of \(body.head.size)"
    }
  }

  /// What HEAD says, but for the tag and the time.
  func head(_ step: String, _ key: ObjectKey) async {
    await text(step) { (client) throws(S3Error) in
      let head = try await client.headObject(key)
      let properties = head.properties
      let metadata = properties.metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      let fields = [
        String(head.size), properties.contentType ?? "-", properties.contentDisposition ?? "-",
        properties.contentEncoding ?? "-", properties.contentLanguage ?? "-", properties.cacheControl ?? "-",
        head.checksumCRC32 ?? "-", head.etag.value.isEmpty ? "no tag" : "tag",
      ]
      return (fields + metadata).joined(separator: " ")
    }
  }

  /// All pages of a listing, with the page ends.
  func list(
    _ step: String, prefix: String, delimiter: String? = nil, startAfter: String? = nil, page: Int = 1_000
  ) async {
    await text(step) { (client) throws(S3Error) in
      var entries: [String] = []
      var token: String?
      repeat {
        let listing = try await client.listObjects(
          prefix: prefix, delimiter: delimiter, continuationToken: token, startAfter: startAfter, maximumKeys: page)
        entries += listing.objects.map { "\($0.key)(\($0.size))" } + listing.commonPrefixes
        token = listing.nextContinuationToken
        if token != nil { entries.append("|") }
      } while token != nil && entries.count < 1_000
      return entries.joined(separator: " ")
    }
  }
}
