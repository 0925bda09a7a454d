// SPDX-License-Identifier: Apache-2.0
//
// The network thread's half of a loop.
//
// For: driving a curl multi handle. State: the multi handle, the transfers in it, spare easy handles, and the next
// time at which a transfer may have waited too long; all of it belongs to the one thread that calls `run`. A transfer
// ends in `finish` and nowhere else: first the easy handle leaves the multi handle, so that libcurl calls back no
// more and writes no more into the caller's memory, then the caller is resumed. What can go wrong: libcurl out of
// memory or in disorder; then every transfer in flight fails with `other`, and the loop goes on.

internal import CCurl
import Glibc

final class CurlWorker {
  private static let spareHandleLimit = 64
  /// Seconds that the loop sleeps at most.
  private static let longestPoll = 60.0

  private let loop: CurlLoop
  private let multi: UnsafeMutableRawPointer
  private let options: CurlOptions
  private let sessions: UnsafeMutableRawPointer?
  private var spares: [EasyHandle] = []
  private var active: [UnsafeMutableRawPointer: CurlTransfer] = [:]
  private var nextCheck = Double.infinity

  init(loop: CurlLoop, multi: UnsafeMutableRawPointer, configuration: CurlTransportConfiguration) {
    self.loop = loop
    self.multi = multi
    options = CurlOptions(configuration: configuration)
    pail_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    pail_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(1, configuration.idleConnections))
    // TLS sessions belong to easy handles otherwise, and a new connection would rarely meet the one that has its
    // session. One thread uses the share, so it needs no locks.
    sessions = curl_share_init()
    if let sessions { pail_share_set_long(sessions, CURLSHOPT_SHARE, Int(CURL_LOCK_DATA_SSL_SESSION.rawValue)) }
  }

  /// Works until the loop is stopped, then frees everything.
  func run() {
    while true {
      let work = loop.takeWork()
      for transfer in work.starts { begin(transfer) }
      for transfer in work.cancels { end(transfer, .cancelled, "the request was cancelled") }
      if work.isStopping { break }
      drive()
      checkDeadlines()
      poll()
    }
    for transfer in Array(active.values) { end(transfer, .cancelled, "the network was shut down") }
    loop.close()
    spares = []
    curl_multi_cleanup(multi)
    if let sessions { curl_share_cleanup(sessions) }
  }

  private func begin(_ transfer: CurlTransfer) {
    let request = transfer.request
    transfer.clock = TransferClock(
      started: monotonicSeconds(), stallTimeout: request.stallTimeout, totalTimeout: request.totalTimeout)
    transfer.headerList = RequestHeaderList.list(transfer.headerLines)
    guard let easy = spares.popLast() ?? makeHandle() else { return end(transfer, .other, "no memory for a request") }
    transfer.easy = easy
    active[easy.raw] = transfer
    guard transfer.headerList != nil, options.apply(to: easy, for: transfer) else {
      return end(transfer, .other, "the request could not be prepared")
    }
    guard curl_multi_add_handle(multi, easy.raw) == CURLM_OK else {
      return end(transfer, .other, "the request could not be started")
    }
    nextCheck = min(nextCheck, transfer.clock.firstCheck)
  }

  private func makeHandle() -> EasyHandle? {
    guard let easy = EasyHandle() else { return nil }
    if let sessions { pail_easy_set_pointer(easy.raw, CURLOPT_SHARE, sessions) }
    return easy
  }

  private func drive() {
    var running: Int32 = 0
    guard curl_multi_perform(multi, &running) == CURLM_OK else {
      for transfer in Array(active.values) { end(transfer, .other, "the network loop failed") }
      return
    }
    var remaining: Int32 = 0
    while let message = curl_multi_info_read(multi, &remaining) {
      guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle, let transfer = active[raw]
      else { continue }
      finish(transfer, result(of: transfer, pail_message_result(message)))
    }
  }

  private func poll() {
    let wait = min(CurlWorker.longestPoll, nextCheck - monotonicSeconds())
    guard wait > 0 else { return }
    // Rounded up: waking before the deadline would only wait again.
    if curl_multi_poll(multi, nil, 0, Int32((wait * 1000).rounded(.up)), nil) != CURLM_OK {
      // Without a working poll the loop must not spin.
      usleep(10_000)
    }
  }

  private func checkDeadlines() {
    let now = monotonicSeconds()
    guard now >= nextCheck else { return }
    nextCheck = .infinity
    for transfer in Array(active.values) {
      switch transfer.clock.verdict(at: now, isConnected: transfer.attempts > 0) {
      case .wait(let until): nextCheck = min(nextCheck, until)
      case .stalled:
        end(
          transfer, .stalled,
          "no byte moved to or from \(transfer.target.authority) for \(transfer.request.stallTimeout) s")
      case .timedOut:
        end(transfer, .timedOut, "the request to \(transfer.target.authority) took longer than it may")
      }
    }
  }

  private func result(of transfer: CurlTransfer, _ code: CURLcode) -> Result<HTTPResponse, TransportError> {
    if let failure = transfer.failure { return .failure(error(transfer, failure.kind, failure.message)) }
    guard code == CURLE_OK || transfer.isCutOff else {
      let failure = CurlFailure(
        code, target: transfer.target, text: transfer.easy?.failureText ?? "",
        systemError: Int32(truncatingIfNeeded: transfer.easy?.long(CURLINFO_OS_ERRNO) ?? 0),
        connectTimeout: options.configuration.connectTimeout)
      return .failure(error(transfer, failure.kind, failure.message))
    }
    let status = transfer.head.status
    guard status >= 200 else {
      return .failure(error(transfer, .other, "\(transfer.target.authority) did not answer in HTTP/1.1"))
    }
    let sent = transfer.easy?.offset(CURLINFO_SIZE_UPLOAD_T) ?? 0
    // A success for a body that the server has not read whole is none.
    if (200..<300).contains(status), sent != transfer.request.body.length {
      return .failure(
        error(transfer, .connectionLost, "\(transfer.target.authority) answered before it had the whole body"))
    }
    if sent > 0 { transfer.didSend(sent) }
    return .success(
      HTTPResponse(
        status: status, headers: transfer.head.headers, body: transfer.sink.body, bodyLength: transfer.sink.received))
  }

  private func end(_ transfer: CurlTransfer, _ kind: TransportError.Kind, _ message: String) {
    finish(transfer, .failure(error(transfer, kind, message)))
  }

  private func error(_ transfer: CurlTransfer, _ kind: TransportError.Kind, _ message: String) -> TransportError {
    TransportError(kind, message, bytesTransferred: transfer.bytesTransferred)
  }

  /// Completes a transfer; nothing when it is complete already.
  private func finish(_ transfer: CurlTransfer, _ result: Result<HTTPResponse, TransportError>) {
    guard let continuation = transfer.continuation else { return }
    transfer.continuation = nil
    if let easy = transfer.easy {
      active[easy.raw] = nil
      curl_multi_remove_handle(multi, easy.raw)
      // Now, so that no spare handle points to this transfer.
      easy.reset()
      if spares.count < CurlWorker.spareHandleLimit { spares.append(easy) }
      transfer.easy = nil
    }
    curl_slist_free_all(transfer.headerList)
    transfer.headerList = nil
    continuation.resume(returning: result)
  }
}
