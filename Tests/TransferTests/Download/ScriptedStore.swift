// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Locking
import S3Client
import SigV4
import TestSupport
import Transfer

/// A store with one object, on a socket, that misbehaves as a test wants.
final class ScriptedStore: Sendable {
  struct Object: Sendable {
    var bytes: [UInt8]
    /// Without quotes.
    var etag: String
    /// What HEAD says; nil for nothing.
    var crc32: UInt32?
    var regardsIfMatch = true

    init(_ bytes: [UInt8], etag: String = "one") {
      self.bytes = bytes
      self.etag = etag
      crc32 = Noise.crc32(bytes)
    }
  }

  /// Decides about a GET, which counts from 1; nil answers as a store does.
  typealias Fault = @Sendable (_ number: Int, _ answer: Answer) -> ScriptedResponse?

  /// The right answer to a GET.
  struct Answer: Sendable {
    let headers: [(String, String)]
    let body: [UInt8]

    /// All of it is announced, at most half of it is sent, and then something else happens.
    func cut(after count: Int, then step: ScriptedResponse.Step) -> ScriptedResponse {
      ScriptedResponse([
        .send(ScriptedResponse.head(206, headers: headers, bodyLength: body.count)),
        .send(Array(body.prefix(min(count, body.count / 2)))), step,
      ])
    }

    func with(_ body: [UInt8]) -> ScriptedResponse { .answer(206, headers: headers, body: body) }
  }

  private let box: Lock<Object>
  private let fault: Lock<Fault>
  let server: ScriptedHTTPServer
  let client: S3Client
  let transport: InterceptingTransport
  let directory: TemporaryDirectory

  init(_ object: Object, fault: @escaping Fault = { _, _ in nil }) throws {
    let (box, fault, gets) = (Lock(object), Lock(fault), Counter())
    (self.box, self.fault) = (box, fault)
    directory = try TemporaryDirectory("scripted")
    server = try ScriptedHTTPServer { request in
      let number = request.method == "GET" ? gets.next() : 0
      return ScriptedStore.answer(request, number, box.withLock { $0 }, fault.withLock { $0 })
    }
    transport = InterceptingTransport(RealBucket.network)
    client = try S3Client(
      configuration: S3Configuration(bucket: "bkt", region: "us-east-1", endpoint: server.url("")),
      credentials: StaticCredentials(AWSCredentials(accessKeyID: "id", secretAccessKey: "secret")), transport: transport
    )
  }

  deinit { server.stop() }

  var path: String { directory.path("file") }

  func set(_ object: Object) { box.withLock { $0 = object } }

  func set(_ fault: @escaping Fault) { self.fault.withLock { $0 = fault } }

  var gets: Int { server.requests.count { $0.method == "GET" } }

  /// Ranges of 64 KiB, one after the other unless said otherwise.
  func download(concurrency: Int = 1, to destination: ObjectDownload.Destination? = nil) -> ObjectDownload {
    var configuration = ObjectDownload.Configuration(key: "k")
    (configuration.rangeSize, configuration.concurrency) = (64 << 10, concurrency)
    return ObjectDownload(client: client, destination: destination ?? .file(path: path), configuration: configuration)
  }

  private static func answer(
    _ request: ScriptedRequest, _ number: Int, _ object: Object, _ fault: Fault
  ) -> ScriptedResponse {
    var headers = object.etag.isEmpty ? [] : [("ETag", "\"\(object.etag)\"")]
    if request.method == "HEAD" {
      if let crc32 = object.crc32 { headers.append(("x-amz-checksum-crc32", ChecksumCRC32.encode(crc32))) }
      return .answer(200, headers: headers + [("Content-Length", "\(object.bytes.count)")])
    }
    if object.regardsIfMatch, let wanted = request.headers["If-Match"], wanted != "\"\(object.etag)\"" {
      return .answer(412, body: Array("<Error><Code>PreconditionFailed</Code></Error>".utf8))
    }
    let bounds = (request.headers["Range"] ?? "").dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
    guard bounds.count == 2, bounds[0] < object.bytes.count else {
      return .answer(416, body: Array("<Error><Code>InvalidRange</Code></Error>".utf8))
    }
    let end = min(bounds[1] + 1, object.bytes.count)
    headers.append(("Content-Range", "bytes \(bounds[0])-\(end - 1)/\(object.bytes.count)"))
    let answer = Answer(headers: headers, body: Array(object.bytes[bounds[0]..<end]))
    return fault(number, answer) ?? answer.with(answer.body)
  }
}
