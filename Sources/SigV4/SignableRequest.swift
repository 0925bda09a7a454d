// SPDX-License-Identifier: Apache-2.0

/// The parts of a request that a signature covers.
package struct SignableRequest {
  /// `GET`, `PUT` and so on.
  package var method: String
  /// As the Host header has it: with `:port` unless the port is the scheme's default.
  package var host: String
  /// Absolute and percent-encoded, exactly as it is sent. For S3 see ``URIEncoding/path(_:)``.
  package var path: String
  /// In any order and not encoded; sent as ``URIEncoding/query(_:)`` makes it.
  package var query: [(name: String, value: String)]
  /// Headers to sign beside `host` and those that the signer adds; sent with these values.
  package var headers: [(name: String, value: String)]
  package var payload: PayloadHash

  package init(
    method: String, host: String, path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], payload: PayloadHash
  ) {
    self.method = method
    self.host = host
    self.path = path
    self.query = query
    self.headers = headers
    self.payload = payload
  }
}
