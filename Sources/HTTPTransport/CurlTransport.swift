// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 over libcurl.
//
// For: everything that Pail says to a server. State: one or two network threads, each with its connections; nothing a
// request. Who may call: any task, any thread; `perform` suspends and blocks nothing. What can go wrong: see
// TransportError; a status is no error. Threads do not survive fork(2): a daemon makes its transport after it.
// Payload is copied once, between libcurl's buffer and the request's memory or file (page cache), on the network
// thread.
//
// A reused connection can turn out to be closed by the server just then. libcurl sends such a request again on a new
// connection, which is let through for GET, HEAD, and PUT or DELETE without If-Match or If-None-Match; every other
// request ends with `connectionLost`, because the server may have acted on it. See CurlTransfer.mayBeResent.

internal import Locking
package import Logging

package final class CurlTransport: HTTPTransport {
  private let loops: [CurlLoop]
  /// How many requests each loop has.
  private let loads: Lock<[Int]>
  private let logger: Logger

  package init(configuration: CurlTransportConfiguration = CurlTransportConfiguration(), logger: Logger) {
    loops = (0..<max(1, min(configuration.loops, 2))).map { _ in CurlLoop(configuration) }
    loads = Lock(Array(repeating: 0, count: loops.count))
    self.logger = logger
  }

  deinit { shutdown() }

  /// Ends all requests with `cancelled`, refuses new ones in the same way, closes the connections and ends the
  /// network threads.
  ///
  /// Returns when they are gone. May be called more than once, and from any thread that may block for some
  /// milliseconds.
  package func shutdown() {
    for loop in loops { loop.stop() }
  }

  package func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let transfer = try CurlTransfer(request)
    let index = takeIdlestLoop()
    defer { loads.withLock { $0[index] -= 1 } }
    let loop = loops[index]
    let started = monotonicSeconds()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.start(transfer, $0) }
    } onCancel: {
      loop.cancel(transfer)
    }
    log(request, transfer.target, result, seconds: monotonicSeconds() - started)
    return try result.get()
  }

  /// Counts a request in with the loop that has the least to do, the first of them when several have, so that requests
  /// one after another share a connection.
  ///
  /// - Returns: the index of the loop.
  private func takeIdlestLoop() -> Int {
    loads.withLock { loads in
      let index = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[index] += 1
      return index
    }
  }

  private func log(
    _ request: HTTPRequest, _ target: RequestTarget, _ result: Result<HTTPResponse, TransportError>, seconds: Double
  ) {
    logger.debug(
      "HTTP request",
      metadata: [
        "method": "\(request.method.rawValue)", "host": "\(target.authority)", "path": "\(target.path)",
        "status": "\(CurlTransport.outcome(result))", "ms": "\(Int(seconds * 1000))",
      ])
  }

  private static func outcome(_ result: Result<HTTPResponse, TransportError>) -> String {
    switch result {
    case .success(let response): String(response.status)
    case .failure(let error): "\(error.kind): \(error.message)"
    }
  }
}
