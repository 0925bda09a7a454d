// SPDX-License-Identifier: Apache-2.0

/// How ``CurlTransport`` connects.
package struct CurlTransportConfiguration: Sendable {
  /// Network threads, 1 or 2. One moves about a GiB/s unencrypted, half of that with TLS, for which two may pay.
  package var loops: Int
  /// Seconds for name lookup, connection and TLS handshake together.
  package var connectTimeout: Double
  /// PEM file of the only certificate authorities to trust, instead of the system's.
  package var caFile: String?
  /// URL of a proxy for all requests; nil connects directly, whatever the environment says.
  package var proxy: String?
  /// Idle connections each loop keeps for reuse.
  package var idleConnections: Int
  /// Seconds after which an idle connection is closed rather than reused.
  package var idleConnectionLifetime: Double

  package init(
    loops: Int = 1, connectTimeout: Double = 5, caFile: String? = nil, proxy: String? = nil,
    idleConnections: Int = 64, idleConnectionLifetime: Double = 60
  ) {
    self.loops = loops
    self.connectTimeout = connectTimeout
    self.caFile = caFile
    self.proxy = proxy
    self.idleConnections = idleConnections
    self.idleConnectionLifetime = idleConnectionLifetime
  }
}
