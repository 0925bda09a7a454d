// SPDX-License-Identifier: Apache-2.0

/// A request that got no complete answer.
package struct TransportError: Error, Sendable {
  package enum Kind: Sendable {
    /// The host name has no address.
    case unresolvedHost
    /// No connection within the connect timeout, or refused.
    case cannotConnect
    /// The certificate or the handshake was refused.
    case tls
    /// No byte moved for the stall timeout.
    case stalled
    /// The total timeout ran out.
    case timedOut
    /// The connection ended before the answer was complete.
    case connectionLost
    /// The body is larger than its destination allows, or the header fields are larger than any server's need be.
    case tooLarge
    /// The body to send could not be read, or the body received not be written.
    case localFile
    /// The disk that the body was to be written to is full (ENOSPC, EDQUOT).
    case localDiskFull
    case cancelled
    /// The URL or the request is malformed.
    case invalidRequest
    case other
  }

  package let kind: Kind
  /// One line for a person, without secrets (never the query of a URL).
  package let message: String
  /// Body bytes that moved in either direction before the failure: zero means the request made no progress.
  package let bytesTransferred: Int64

  package init(_ kind: Kind, _ message: String, bytesTransferred: Int64 = 0) {
    self.kind = kind
    self.message = message
    self.bytesTransferred = bytesTransferred
  }

  /// Whether the same request may succeed when sent again.
  package var isTransient: Bool {
    switch kind {
    case .unresolvedHost, .cannotConnect, .stalled, .timedOut, .connectionLost, .other: true
    case .tls, .tooLarge, .localFile, .localDiskFull, .cancelled, .invalidRequest: false
    }
  }
}
