// SPDX-License-Identifier: Apache-2.0
//
// The functions that libcurl calls, all of them on the loop's thread, inside curl_multi_perform. The pointer they get
// is the transfer, which the loop keeps alive until the easy handle has left the multi handle. Global functions
// outside any actor: a closure written in an isolated context would trap on this thread.

internal import CCurl
import Glibc

private func transfer(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer? {
  pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
}

/// CURLOPT_HEADERFUNCTION: one line of a response's head or trailer.
func curlDidReceiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(pointer) else { return 0 }
  transfer.clock.progressed(at: monotonicSeconds())
  if transfer.head.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) { return size * count }
  transfer.failure = (.tooLarge, "more than \(ResponseHead.byteLimit) bytes of response headers")
  return 0
}

/// CURLOPT_WRITEFUNCTION: the next bytes of the body.
func curlDidReceiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(pointer) else { return 0 }
  transfer.clock.progressed(at: monotonicSeconds())
  let outcome = transfer.sink.take(
    UnsafeRawBufferPointer(start: bytes, count: size * count), status: transfer.head.status,
    contentLength: transfer.head.contentLength)
  switch outcome {
  case .accepted:
    if (200..<300).contains(transfer.head.status) { transfer.request.onBodyReceived?(transfer.sink.received) }
    return size * count
  case .enough: transfer.isCutOff = true
  case .tooLarge: transfer.failure = (.tooLarge, "the response is larger than the room for it")
  case .notWritten(let code):
    transfer.failure = (
      code == ENOSPC || code == EDQUOT ? .localDiskFull : .localFile,
      "the response could not be written: \(String(cString: strerror(code)))"
    )
  case .refused: transfer.failure = (.localFile, "the response could not be written")
  }
  return 0
}

/// CURLOPT_READFUNCTION: wants the next bytes of the body to send.
func curlWantsBody(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ pointer: UnsafeMutableRawPointer?
) -> Int {
  guard let transfer = transfer(pointer) else { return Int(CURL_READFUNC_ABORT) }
  switch transfer.reader.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count)) {
  case .read(let count): return count
  case .fileTooShort: transfer.failure = (.localFile, "the file to send is shorter than announced")
  case .notRead(let code):
    transfer.failure = (.localFile, "the file to send could not be read: \(String(cString: strerror(code)))")
  }
  return Int(CURL_READFUNC_ABORT)
}

/// CURLOPT_SEEKFUNCTION: wants the body again, on another connection.
func curlWantsSeek(_ pointer: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
  guard let transfer = transfer(pointer), origin == SEEK_SET, transfer.mayBeResent,
    transfer.reader.seek(to: Int64(offset))
  else { return CURL_SEEKFUNC_FAIL }
  return CURL_SEEKFUNC_OK
}

/// CURLOPT_PREREQFUNCTION: the connection stands, the request is about to be sent; more than once when it is resent.
func curlWillSend(
  _ pointer: UnsafeMutableRawPointer?, _: UnsafeMutablePointer<CChar>?, _: UnsafeMutablePointer<CChar>?, _: Int32,
  _: Int32
) -> Int32 {
  guard let transfer = transfer(pointer) else { return CURL_PREREQFUNC_ABORT }
  transfer.attempts += 1
  transfer.clock.progressed(at: monotonicSeconds())
  if transfer.attempts > 1 && !transfer.mayBeResent {
    transfer.failure = (
      .connectionLost, "the connection was closed before the answer; the request may have been received"
    )
    return CURL_PREREQFUNC_ABORT
  }
  // Each attempt begins with the first byte, also when libcurl had read but not yet sent some.
  _ = transfer.reader.seek(to: 0)
  return CURL_PREREQFUNC_OK
}

/// CURLOPT_XFERINFOFUNCTION: bytes have moved, or time has passed.
func curlDidProgress(
  _ pointer: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _ sent: curl_off_t
) -> Int32 {
  guard let transfer = transfer(pointer), sent != transfer.bytesSent else { return 0 }
  transfer.didSend(Int64(sent))
  return 0
}

/// Seconds of CLOCK_MONOTONIC.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
