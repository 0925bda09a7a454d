// SPDX-License-Identifier: Apache-2.0

/// The control protocol: one JSON object a line over a Unix stream socket. A client sends requests; the daemon answers each
/// with any number of `progress` lines and one `result` or `failure`.
package enum ControlProtocol {
  /// Raised when an old client or daemon would misunderstand a message.
  package static let version = 1
  /// Bytes of a request, newline included.
  package static let requestLimit = 64 << 10
  /// Bytes of an answer, newline included.
  package static let responseLimit = 16 << 20
  /// How many pending uploads one answer names; counts and sums always cover all.
  package static let pendingLimit = 1_000
}

/// What a client asks.
package struct ControlRequest: Codable, Equatable, Sendable {
  package enum Command: String, Codable, Sendable {
    case status
    /// Unmount, upload what is left, exit.
    case unmount
    /// An ``UploadAction`` of that name.
    case retry, pause, resume, cancel
  }

  package var version = ControlProtocol.version
  package var command: Command
  /// Of an upload: this object only.
  package var key: String?
  /// `unmount`: seconds for the uploads; nil for as long as it takes.
  package var timeout: Double?
  /// `unmount`: detach the mount even when it is busy.
  package var lazy: Bool?

  package init(_ command: Command, key: String? = nil, timeout: Double? = nil, lazy: Bool? = nil) {
    self.command = command
    self.key = key
    self.timeout = timeout
    self.lazy = lazy
  }
}

/// What the daemon answers.
package struct ControlResponse: Codable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case progress
    case result
    case failure
  }

  package enum Reason: String, Codable, Sendable {
    /// The mount is in use; `users` may tell by whom.
    case busy
    /// The request was not understood.
    case badRequest
    case failed
    /// With a result: the time is over, the daemon goes on.
    case timedOut
  }

  package var version = ControlProtocol.version
  package var kind: Kind
  package var reason: Reason?
  package var message: String?
  package var status: MountStatus?
  package var uploads: UploadSummary?
  package var users: [MountUser]?

  package init(
    _ kind: Kind, reason: Reason? = nil, message: String? = nil, status: MountStatus? = nil,
    uploads: UploadSummary? = nil, users: [MountUser]? = nil
  ) {
    self.kind = kind
    self.reason = reason
    self.message = message
    self.status = status
    self.uploads = uploads
    self.users = users
  }
}
