// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// Turns a request into the options of an easy handle. libcurl's defaults that suit a browser are switched off.
struct CurlOptions {
  /// Bytes of the receive buffer, the most that libcurl allows; it hands them on in pieces of 16 KiB.
  static let receiveBuffer = 512 << 10
  /// Bytes read from the body at a time at most. From 256 KiB on no difference was measured; libcurl allows 2 MiB.
  static let sendBuffer: Int64 = 1 << 20

  let configuration: CurlTransportConfiguration

  /// Sets `easy`, fresh or reset, up for the transfer.
  ///
  /// - Returns: false when libcurl refuses an option: then nothing may be sent, as one of them could be the
  ///   verification of certificates.
  func apply(to easy: EasyHandle, for transfer: CurlTransfer) -> Bool {
    applyConnection(to: easy)
    applyRequest(transfer, to: easy)
    applyCallbacks(transfer, to: easy)
    return easy.refusal == nil
  }

  private func applyConnection(to easy: EasyHandle) {
    easy.set(CURLOPT_NOSIGNAL, 1)
    easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
    // Parallel parts must not share one TCP stream.
    easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    easy.set(CURLOPT_CONNECTTIMEOUT_MS, Int(CurlOptions.limited(configuration.connectTimeout) * 1000))
    easy.set(CURLOPT_TCP_NODELAY, 1)
    easy.set(CURLOPT_TCP_KEEPALIVE, 1)
    easy.set(CURLOPT_TCP_KEEPIDLE, 30)
    easy.set(CURLOPT_TCP_KEEPINTVL, 10)
    easy.set(CURLOPT_MAXAGE_CONN, Int(CurlOptions.limited(configuration.idleConnectionLifetime).rounded(.up)))
    easy.set(CURLOPT_DNS_CACHE_TIMEOUT, 60)
    // Without this, ending a transfer whose host name is being looked up waits for the lookup, and all others with
    // it.
    easy.set(CURLOPT_QUICK_EXIT, 1)
    if let proxy = configuration.proxy {
      easy.set(CURLOPT_PROXY, proxy)
      easy.set(CURLOPT_NOPROXY, "")
      easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    } else {
      easy.set(CURLOPT_PROXY, "")
      easy.set(CURLOPT_NOPROXY, "*")
    }
    easy.set(CURLOPT_SSL_VERIFYPEER, 1)
    easy.set(CURLOPT_SSL_VERIFYHOST, 2)
    easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = configuration.caFile {
      easy.set(CURLOPT_CAINFO, file)
      easy.set(CURLOPT_CAPATH, nil as String?)
    }
  }

  /// Seconds that libcurl can count in milliseconds and does not take for "never".
  private static func limited(_ seconds: Double) -> Double { seconds >= 0.001 ? min(seconds, 86_400) : 0.001 }

  private func applyRequest(_ transfer: CurlTransfer, to easy: EasyHandle) {
    let request = transfer.request
    easy.set(CURLOPT_URL, request.url)
    easy.set(CURLOPT_PATH_AS_IS, 1)
    easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    easy.set(CURLOPT_FOLLOWLOCATION, 0)
    easy.set(CURLOPT_NETRC, 0)
    easy.set(CURLOPT_HTTPHEADER, transfer.headerList)
    easy.set(CURLOPT_BUFFERSIZE, CurlOptions.receiveBuffer)
    switch request.method {
    case .get: easy.set(CURLOPT_HTTPGET, 1)
    case .head: easy.set(CURLOPT_NOBODY, 1)
    case .delete where request.body.length == 0: easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    case .put, .post, .delete:
      easy.set(CURLOPT_UPLOAD, 1)
      easy.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
      easy.set(CURLOPT_INFILESIZE_LARGE, offset: request.body.length)
      // No larger than the body: a PUT of a few bytes need not allocate megabytes.
      easy.set(CURLOPT_UPLOAD_BUFFERSIZE, Int(max(16 << 10, min(request.body.length, CurlOptions.sendBuffer))))
    }
  }

  private func applyCallbacks(_ transfer: CurlTransfer, to easy: EasyHandle) {
    let pointer = Unmanaged.passUnretained(transfer).toOpaque()
    easy.set(CURLOPT_HEADERFUNCTION, write: curlDidReceiveHeader)
    easy.set(CURLOPT_HEADERDATA, pointer)
    easy.set(CURLOPT_WRITEFUNCTION, write: curlDidReceiveBody)
    easy.set(CURLOPT_WRITEDATA, pointer)
    easy.set(CURLOPT_PREREQFUNCTION, prereq: curlWillSend)
    easy.set(CURLOPT_PREREQDATA, pointer)
    easy.set(CURLOPT_READFUNCTION, read: curlWantsBody)
    easy.set(CURLOPT_READDATA, pointer)
    easy.set(CURLOPT_SEEKFUNCTION, seek: curlWantsSeek)
    easy.set(CURLOPT_SEEKDATA, pointer)
    if transfer.request.body.length > 0 {
      easy.set(CURLOPT_NOPROGRESS, 0)
      easy.set(CURLOPT_XFERINFOFUNCTION, progress: curlDidProgress)
      easy.set(CURLOPT_XFERINFODATA, pointer)
    }
  }
}
