// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Locking
import Logging

/// The real transport, with a list of what went through it and a gate before it.
final class WatchedTransport: HTTPTransport {
  private static let real = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  private struct State {
    var requests: [HTTPRequest] = []
    var active = 0
    var mayPass: @Sendable (HTTPRequest) -> Bool = { _ in true }
    var waiting: [(request: HTTPRequest, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Lock(State())

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    state.withLock { state in
      state.requests.append(request)
      state.active += 1
    }
    defer { state.withLockAndNotify { $0.active -= 1 } }
    await withCheckedContinuation { continuation in
      let passes = state.withLock { state in
        if state.mayPass(request) { return true }
        state.waiting.append((request, continuation))
        return false
      }
      if passes { continuation.resume() }
    }
    return try await WatchedTransport.real.perform(request)
  }

  /// Requests in the order in which they came, retries included.
  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  /// Requests that have not ended.
  var active: Int { state.withLock { $0.active } }

  /// The numbers of the parts that were sent.
  var parts: [Int] { requests.compactMap(\.partNumber) }

  /// Lets only such requests through, until another call; those that wait go when they may.
  func allow(_ mayPass: @escaping @Sendable (HTTPRequest) -> Bool) {
    let passing = state.withLock { state in
      state.mayPass = mayPass
      defer { state.waiting.removeAll { mayPass($0.request) } }
      return state.waiting.filter { mayPass($0.request) }
    }
    for (_, continuation) in passing { continuation.resume() }
  }
}

extension HTTPRequest {
  /// Of an UploadPart.
  var partNumber: Int? {
    guard method == .put, let range = url.range(of: "partNumber=") else { return nil }
    return Int(url[range.upperBound...].prefix { $0.isNumber })
  }

  var isCreateMultipartUpload: Bool { method == .post && url.hasSuffix("?uploads=") }
}
