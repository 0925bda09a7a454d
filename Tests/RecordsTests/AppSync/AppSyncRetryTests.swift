// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

@testable import Records

@Suite("Attempts with AppSync")
struct AppSyncRetryTests {
  @Test("are three, with growing waits between them")
  func waits() async throws {
    let bench = AppSyncBench([
      .answer(500, ""), .failure(.connectionLost), .data(#"{"getSong":\#(AppSyncBench.songJSON)}"#),
    ])
    let song = try await bench.store().get(AppSyncBench.song, id: "42")
    #expect(song?["name"] == "A" && song?.values["coverArtPath"] == nil)
    #expect(bench.waits.map { Int(($0 * 100).rounded()) } == [25, 45])
    #expect(bench.requests.allSatisfy { $0.totalTimeout == 30 && $0.method == .post })
  }

  @Test(
    "wait as long as the service asks, up to ten seconds",
    arguments: [
      ("2", 2.0), ("0", 0.25), ("3600", 10.0), ("Sat, 21 Nov 2026 10:00:04 GMT", 4.0), ("soon", 0.25), ("-1", 0.25),
    ])
  func retryAfter(_ header: String, _ wait: Double) async throws {
    let bench = AppSyncBench([.answer(429, "", [("Retry-After", header)]), .data(#"{"getSong":null}"#)])
    let song = try await bench.store().get(AppSyncBench.song, id: "42")
    #expect(song == nil)
    #expect(bench.waits.map { Int(($0 * 100).rounded()) } == [Int(wait * 100)])
  }

  @Test("end with the time that an operation may take")
  func deadline() async throws {
    let bench = AppSyncBench([.failure(.timedOut), .failure(.timedOut), .failure(.timedOut)], secondsPerRequest: 27)
    let error = await #expect(throws: RecordError.self) { try await bench.store().get(AppSyncBench.song, id: "42") }
    #expect(error?.code == .unavailable)
    #expect(bench.requests.map { Int($0.totalTimeout ?? 0) } == [30, 27])
  }

  @Test("are not begun by a cancelled task, which learns what is uncertain")
  func cancellation() async throws {
    let bench = AppSyncBench([.failure(.connectionLost)])
    let store = try bench.store()
    let error = await Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    }.value
    #expect(error?.code == .canceled && bench.requests.isEmpty)

    let holding = CancellingTransport()
    let other = try AppSyncRecordStore(url: AppSyncBench.url, authorization: .apiKey("k"), transport: holding)
    let change = await Task {
      await #expect(throws: RecordError.self) {
        try await other.update(AppSyncBench.song, id: "42", values: ["name": "B"], if: nil)
      }
    }.value
    #expect(change?.code == .canceled && change?.mayHaveBeenApplied == true)
  }
}

/// Loses every answer, and cancels the task that waits for it.
private struct CancellingTransport: HTTPTransport {
  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    withUnsafeCurrentTask { $0?.cancel() }
    throw TransportError(.connectionLost, "said by the test")
  }
}
