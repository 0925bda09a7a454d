// SPDX-License-Identifier: Apache-2.0

internal import CCurl
import Glibc

/// What libcurl's result codes mean for the caller.
struct CurlFailure {
  let kind: TransportError.Kind
  let message: String

  /// - Parameters:
  ///   - text: libcurl's own words; only shown for TLS, where they never hold a part of the URL beyond the host.
  ///   - systemError: the errno of the last failed connect, or 0.
  init(_ code: CURLcode, target: RequestTarget, text: String, systemError: Int32, connectTimeout: Double) {
    let host = target.authority
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: (kind, message) = (.unresolvedHost, "no address found for \(host)")
    case CURLE_COULDNT_RESOLVE_PROXY: (kind, message) = (.unresolvedHost, "no address found for the proxy")
    case CURLE_COULDNT_CONNECT:
      let reason = systemError == 0 ? "no connection" : String(cString: strerror(systemError))
      (kind, message) = (.cannotConnect, "cannot connect to \(host): \(reason)")
    case CURLE_OPERATION_TIMEDOUT:
      (kind, message) = (.cannotConnect, "no connection to \(host) within \(connectTimeout) s")
    case CURLE_SSL_CONNECT_ERROR where CurlFailure.isBrokenHandshake(text):
      (kind, message) = (.cannotConnect, "\(host) closed the connection during the TLS handshake")
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
      let reason = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
      (kind, message) = (.tls, "TLS with \(host) failed: \(reason)")
    case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND:
      (kind, message) = (.connectionLost, "the connection to \(host) was closed before the answer was complete")
    case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED:
      (kind, message) = (.invalidRequest, "the URL for \(host) is malformed")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
      (kind, message) = (.other, "\(host) did not answer in HTTP/1.1")
    default:
      (kind, message) = (.other, "the request to \(host) failed: \(String(cString: curl_easy_strerror(code)))")
    }
  }

  /// A handshake that the network cut short may succeed next time; one that was refused will not.
  private static func isBrokenHandshake(_ text: String) -> Bool {
    ["SSL_ERROR_SYSCALL", "Connection reset", "Broken pipe", "unexpected eof"].contains { text.contains($0) }
  }
}
