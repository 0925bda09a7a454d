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
  private let logger: Logger

  package init(configuration: CurlTransportConfiguration = CurlTransportConfiguration(), logger: Logger) {
    loops = (0..<max(1, min(configuration.loops, 2))).map { _ in CurlLoop(configuration) }
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
    let loop = idlestLoop()
    let started = monotonicSeconds()
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { loop.start(transfer, $0) }
    } onCancel: {
      loop.cancel(transfer)
    }
    log(request, transfer.target, result, seconds: monotonicSeconds() - started)
    return try result.get()
  }

  /// The first of those with the least to do, so that requests one after another share a connection.
  private func idlestLoop() -> CurlLoop {
    guard loops.count > 1 else { return loops[0] }
    return loops.map { (loop: $0, inFlight: $0.inFlight) }.min { $0.inFlight < $1.inFlight }?.loop ?? loops[0]
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
