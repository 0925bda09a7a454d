// SPDX-License-Identifier: Apache-2.0

import Credentials
import Glibc
import HTTPTransport
import Locking
import Logging
import S3Client
import SigV4
import TestSupport
import WriteBackCache

/// A cache in a directory of its own before a bucket of its own on a real server, with a transport that can be told to fail.
final class CacheFixture: Sendable {
  let directory: TemporaryDirectory
  let bucket: String
  let client: S3Client
  let transport: GatedTransport
  let other: IndependentClient

  init() throws {
    let server = try SeaweedFS.shared()
    directory = try TemporaryDirectory("cache")
    bucket = try server.createBucket()
    other = IndependentClient(server)
    transport = GatedTransport(CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    client = try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: transport)
  }

  func cache(_ change: (inout WriteBackCacheConfiguration) -> Void = { _ in }) throws -> WriteBackCache {
    var configuration = WriteBackCacheConfiguration(directory: directory.path("cache"))
    configuration.partSize = 5 << 20
    configuration.retryDelay = 0.05...0.2
    change(&configuration)
    // An upload that was told of its end holds the directory a moment longer than its caller.
    for _ in 0..<100 {
      do throws(WriteBackCacheError) {
        return try open(configuration)
      } catch {
        guard error.description.contains("in use") else { throw error }
        usleep(20_000)
      }
    }
    return try open(configuration)
  }

  private func open(_ configuration: WriteBackCacheConfiguration) throws(WriteBackCacheError) -> WriteBackCache {
    try WriteBackCache(
      configuration: configuration, client: client, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }
}

/// Passes requests on, unless the test says that those of a kind fail, or wait at a gate.
final class GatedTransport: HTTPTransport {
  enum Rule: Sendable {
    case pass
    /// No connection.
    case refuse
    /// Answered by this status and an S3 error document.
    case answer(Int, code: String)
    /// Waits until ``open()``.
    case hold
  }

  private struct State {
    var rule: @Sendable (HTTPRequest) -> Rule = { _ in .pass }
    var waiting: [CheckedContinuation<Void, Never>] = []
    var held = 0
  }

  private let inner: any HTTPTransport
  private let state = Lock(State())

  init(_ inner: any HTTPTransport) { self.inner = inner }

  /// From now on requests are treated as `rule` says.
  func set(_ rule: @escaping @Sendable (HTTPRequest) -> Rule) { state.withLock { $0.rule = rule } }

  /// Lets everything pass, what waits included.
  func open() {
    let waiting = state.withLockAndNotify { state in
      state.rule = { _ in .pass }
      defer { state.waiting = [] }
      return state.waiting
    }
    waiting.forEach { $0.resume() }
  }

  /// Blocks until `count` requests wait at the gate. False after ten seconds.
  func waitUntilHeld(_ count: Int) -> Bool { state.wait(timeout: 10) { $0.held >= count ? () : nil } != nil }

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    switch state.withLock({ $0.rule(request) }) {
    case .pass: break
    case .refuse: throw TransportError(.cannotConnect, "refused by the test")
    case .answer(let status, let code):
      return HTTPResponse(
        status: status, headers: HTTPHeaders([("Content-Type", "application/xml")]),
        body: Array("<Error><Code>\(code)</Code><Message>said by the test</Message></Error>".utf8))
    case .hold:
      await withCheckedContinuation { continuation in
        state.withLockAndNotify { state in
          state.held += 1
          state.waiting.append(continuation)
        }
      }
    }
    return try await inner.perform(request)
  }
}
