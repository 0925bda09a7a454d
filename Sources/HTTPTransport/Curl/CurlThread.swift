// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a loop's thread needs to begin.
///
/// SAFETY: made by the thread that creates the loop, read once by the thread that pthread_create(3) starts with it.
final class CurlThreadStart: @unchecked Sendable {
  let loop: CurlLoop
  let multi: UnsafeMutableRawPointer
  let configuration: CurlTransportConfiguration

  init(loop: CurlLoop, multi: UnsafeMutableRawPointer, configuration: CurlTransportConfiguration) {
    self.loop = loop
    self.multi = multi
    self.configuration = configuration
  }
}

/// The body of a loop's thread.
func curlThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<CurlThreadStart>.fromOpaque(argument).takeRetainedValue()
  blockSignals()
  CurlWorker(loop: start.loop, multi: start.multi, configuration: start.configuration).run()
  return nil
}

/// Signals are for other threads, and a broken TLS connection must not raise SIGPIPE: OpenSSL writes without
/// MSG_NOSIGNAL, and CURLOPT_NOSIGNAL keeps libcurl from ignoring it. Those of a crash stay, for the backtrace.
private func blockSignals() {
  var signals = sigset_t()
  sigfillset(&signals)
  for signal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS] { sigdelset(&signals, signal) }
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}
