// SPDX-License-Identifier: Apache-2.0
//
// The connection of one daemon to the store, on which a sequence makes trouble.
//
// For: outages (every change is refused until they end), blips (the next request or two fail, so that a repetition helps), and
// kill -9 (nothing gets through any more). State: which trouble there is, and the requests under way, behind one lock; any task.
// A killed process hears nothing any more, so after `crash()` no request is answered until `release()`: not those that were under
// way, which the store has carried out, and not new ones, which it never sees.
// What can go wrong: nothing but what is ordered. After `crash()` has returned, no request of this line changes the store.

import HTTPTransport
import Locking
import TestSupport

final class FaultLine: HTTPTransport {
  private struct State {
    var outage: FaultKind?
    var blip: FaultKind?
    var blips = 0
    var hasCrashed = false
    /// Requests that the store may be carrying out.
    var underWay = 0
  }

  private let inner: any HTTPTransport
  /// Where the answers to a dead daemon wait.
  private let answers = Gate()
  private let state = Lock(State())

  init(_ inner: any HTTPTransport) { self.inner = inner }

  /// Refuses all changes; nil ends that, and blips.
  func setOutage(_ kind: FaultKind?) {
    state.withLock { state in
      state.outage = kind
      if kind == nil { state.blips = 0 }
    }
  }

  func setBlip(_ kind: FaultKind, count: Int) { state.withLock { ($0.blip, $0.blips) = (kind, count) } }

  /// Blocks until the store has carried out what is under way. Nobody hears of that before ``release()``.
  func crash() {
    state.withLock { $0.hasCrashed = true }
    state.waitForever { $0.underWay == 0 ? () : nil }
  }

  /// Answers everything: nobody looks any more at what the dead daemon does.
  func release() { answers.open() }

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let (isDead, fault) = state.withLock { state -> (Bool, FaultKind?) in
      if state.hasCrashed { return (true, nil) }
      state.underWay += 1
      return (false, FaultLine.fault(of: request, &state))
    }
    if isDead {
      await answers.pass()
      throw TransportError(.cannotConnect, "this daemon was killed by the test")
    }
    let result: Result<HTTPResponse, TransportError>
    do throws(TransportError) {
      result = .success(try await answer(to: request, fault))
    } catch {
      result = .failure(error)
    }
    let hasDied = state.withLockAndNotify { state in
      state.underWay -= 1
      return state.hasCrashed
    }
    if hasDied { await answers.pass() }
    return try result.get()
  }

  private func answer(
    to request: HTTPRequest, _ fault: FaultKind?
  ) async throws(TransportError) -> HTTPResponse {
    switch fault {
    case nil: return try await inner.perform(request)
    case .refuse: throw TransportError(.cannotConnect, "refused by the test")
    case .drop: throw TransportError(.connectionLost, "dropped by the test")
    case .error: return FaultLine.answer(500, "InternalError")
    case .slow: return FaultLine.answer(503, "SlowDown")
    case .denied: return FaultLine.answer(403, "AccessDenied")
    case .lost:
      _ = try await inner.perform(request)
      throw TransportError(.connectionLost, "lost by the test", bytesTransferred: request.body.length)
    }
  }

  private static func fault(of request: HTTPRequest, _ state: inout State) -> FaultKind? {
    let kind = RequestKind(request)
    if let outage = state.outage, outage == .lost ? kind.isUpload : kind.isChange { return outage }
    guard state.blips > 0, let blip = state.blip, blip != .lost || kind.isRecognised else { return nil }
    state.blips -= 1
    return blip
  }

  private static func answer(_ status: Int, _ code: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: HTTPHeaders([("Content-Type", "application/xml")]),
      body: Array(FaultyTransport.error(code).utf8))
  }
}

/// What a request is, as far as faults depend on it.
private struct RequestKind {
  /// It changes what users see. To free the parts of an upload does not; that is repeated in real time, which a test has none of.
  let isChange: Bool
  /// When its answer is lost the repetition does no harm, or the client finds out that it was done. A small body does not tell
  /// enough for that (WriteEvidence), and an upload that was begun twice stays open.
  let isRecognised: Bool
  /// It makes a file's bytes an object.
  let isUpload: Bool

  init(_ request: HTTPRequest) {
    let query = request.url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let names = Set(query.split(separator: "&").map { String($0.split(separator: "=").first ?? "") })
    let isAbort = request.method == .delete && names.contains("uploadId")
    let isConditional = request.headers["If-Match"] != nil || request.headers["If-None-Match"] != nil
    let isMarker = request.url.prefix { $0 != "?" }.hasSuffix("/")
    let isPut = request.method == .put && request.headers["x-amz-copy-source"] == nil && !names.contains("partNumber")
    isUpload = isPut && !isMarker || request.method == .post && names.contains("uploadId")
    switch request.method {
    case .get, .head: (isChange, isRecognised) = (false, false)
    case .delete: (isChange, isRecognised) = (!isAbort, !isAbort)
    case .post: (isChange, isRecognised) = (true, !names.contains("uploads"))
    case .put: (isChange, isRecognised) = (true, !isConditional || request.body.length >= 32)
    }
  }
}
