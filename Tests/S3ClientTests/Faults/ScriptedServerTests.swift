// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import TestSupport
import Testing

import S3Client

/// The whole way down to a socket, on a server that misbehaves once.
@Suite struct ScriptedServerTests {
  private func client(_ server: ScriptedHTTPServer, policy: RetryPolicy = RetryPolicy()) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(bucket: "bkt", region: "us-east-1", endpoint: server.url(""), retry: policy),
      credentials: RotatingCredentials(), transport: ServerFixture.transport)
  }

  @Test func readsAgainWhatBrokeOff() async throws {
    let body = Array("0123456789".utf8)
    let count = Lock(0)
    let server = try ScriptedHTTPServer { _ in
      let number = count.withLock { count -> Int in
        count += 1
        return count
      }
      return number == 1 ? .truncated(body, after: 4) : .answer(body: body)
    }
    defer { server.stop() }
    let memory = MemoryRegion(size: 10)
    let result = try await client(server).getObject("k", into: .memory(memory))
    #expect(result.length == 10 && memory.bytes.prefix(10).elementsEqual(body))
    #expect(server.requests.count == 2)
  }

  /// S3 keeps the connection alive with white space while it works, and may find an error after that.
  @Test func readsTheErrorBehindTheWhiteSpace() async throws {
    let count = Lock(0)
    let server = try ScriptedHTTPServer { _ in
      let number = count.withLock { count -> Int in
        count += 1
        return count
      }
      let content =
        number == 1
        ? "<Error><Code>InternalError</Code></Error>"
        : "<CompleteMultipartUploadResult><ETag>\"e-1\"</ETag></CompleteMultipartUploadResult>"
      return .drip(Array("<?xml version=\"1.0\"?>\n    \n    \(content)".utf8), pieceSize: 30, pause: 0.02)
    }
    defer { server.stop() }
    let written = try await client(server).completeMultipartUpload(
      "k", upload: UploadID("u"), parts: [CompletedPart(number: 1, etag: ETag("a"))])
    #expect(written.etag.value == "e-1")
    #expect(server.requests.count == 2)
  }

  @Test func givesUpOnASilentStore() async throws {
    let server = try ScriptedHTTPServer { _ in .silence }
    defer { server.stop() }
    var policy = RetryPolicy()
    policy.deadline = 1.2
    policy.connectTimeout = 0
    policy.minimumAttempt = 0.5
    let start = S3Clock.system.uptime()
    let error = await #expect(throws: S3Error.self) { try await client(server, policy: policy).headObject("k") }
    #expect(error?.transport?.kind == .stalled)
    #expect(S3Clock.system.uptime() - start > 1)
    #expect(server.requests.count <= 2)
  }

  @Test func endsWhenItsTaskIsCancelled() async throws {
    let (arrived, arrival) = AsyncStream<Void>.makeStream()
    let server = try ScriptedHTTPServer { _ in
      arrival.yield()
      return .silence
    }
    defer { server.stop() }
    let client = try client(server)
    let task = Task { () async -> S3Error? in
      do throws(S3Error) {
        _ = try await client.headObject("k")
        return nil
      } catch {
        return error
      }
    }
    for await _ in arrived { break }
    task.cancel()
    #expect(await task.value?.isCancelled == true)
    #expect(client.requestCounts == ["HeadObject": 1])
  }
}
