// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// One request on its way, from `perform` to its completion.
///
/// SAFETY: made by the calling task, then handed to one loop through its inbox lock, and not touched by the task
/// again. `isAccepted` and `isCancelRequested` are only touched under that lock; everything below "loop thread only"
/// is only touched by the loop's thread after the hand-over, including by the callbacks, which libcurl runs there.
final class CurlTransfer: @unchecked Sendable {
  typealias Completion = CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

  let request: HTTPRequest
  let target: RequestTarget
  let headerLines: [String]
  var isAccepted = false
  var isCancelRequested = false

  // Loop thread only.
  /// Resumed and taken away at the end.
  var continuation: Completion?
  var easy: EasyHandle?
  var headerList: UnsafeMutablePointer<curl_slist>?
  var head = ResponseHead()
  var sink: ResponseSink
  var reader: RequestBodyReader
  var clock: TransferClock
  /// Why a callback ended the transfer.
  var failure: (kind: TransportError.Kind, message: String)?
  /// A callback ended the transfer because the answer is known well enough.
  var isCutOff = false
  /// How often libcurl was about to send the request: again after a reused connection turned out dead.
  var attempts = 0
  /// Body bytes that left in the current attempt, and the most that were reported.
  private(set) var bytesSent: Int64 = 0
  private var bytesReported: Int64 = 0

  /// - Throws: `invalidRequest` for what must not or cannot be sent.
  init(_ request: HTTPRequest) throws(TransportError) {
    target = try RequestTarget(request.url)
    headerLines = try RequestHeaderList.lines(of: request.headers)
    if request.body.length > 0, request.method == .get || request.method == .head {
      throw TransportError(.invalidRequest, "\(request.method.rawValue) with a body")
    }
    if case .file(let region) = request.body, !region.isValid {
      throw TransportError(.invalidRequest, "the file region to send does not exist")
    }
    if case .file(let region) = request.destination, !region.isValid {
      throw TransportError(.invalidRequest, "the file region to receive does not exist")
    }
    self.request = request
    sink = ResponseSink(request.destination)
    reader = RequestBodyReader(request.body)
    clock = TransferClock(started: 0, stallTimeout: 0, totalTimeout: nil)
  }

  /// Whether repeating the request cannot change its outcome.
  ///
  /// When a reused connection dies before a byte of the answer arrived, nobody knows whether the server acted.
  /// libcurl then sends any request again by itself. That is allowed for methods that RFC 9110 §9.2.2 calls
  /// idempotent, except with a precondition: the second try would fail on the success of the first. All others end
  /// with `connectionLost`, and the caller decides.
  var mayBeResent: Bool {
    switch request.method {
    case .get, .head: true
    case .put, .delete: request.headers["If-Match"] == nil && request.headers["If-None-Match"] == nil
    case .post: false
    }
  }

  /// Notes how many body bytes have left, and tells the caller when they are more than ever.
  func didSend(_ count: Int64) {
    bytesSent = count
    clock.progressed(at: monotonicSeconds())
    if count > bytesReported {
      bytesReported = count
      request.onBodySent?(count)
    }
  }

  /// Body bytes in both directions so far.
  var bytesTransferred: Int64 {
    sink.received + bytesSent
  }
}
