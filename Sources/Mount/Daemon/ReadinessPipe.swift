// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a starting daemon tells the command that waits for it, one line each.
package enum ReadinessMessage: Equatable, Sendable {
  /// What it does now.
  case stage(String)
  case ready
  case failed(MountFailure)

  package var line: String {
    switch self {
    case .stage(let text): "stage \(text)"
    case .ready: "ready"
    case .failed(let failure): "\(failure.kind.rawValue) \(failure.description)"
    }
  }

  package init?(line: String) {
    let parts = line.split(separator: " ", maxSplits: 1)
    let rest = parts.count > 1 ? String(parts[1]) : ""
    switch parts.first {
    case "stage": self = .stage(rest)
    case "ready": self = .ready
    case let word?:
      guard let kind = MountFailure.Kind(rawValue: String(word)) else { return nil }
      self = .failed(MountFailure(rest, kind: kind))
    case nil: return nil
    }
  }
}

/// The daemon's end of the pipe; nobody's for a mount in the foreground.
struct ReadinessPipe: Sendable {
  private let descriptor: Int32?

  init(descriptor: Int32?) {
    self.descriptor = descriptor
    if let descriptor { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }

  /// False when the command that waited is gone.
  @discardableResult
  func send(_ message: ReadinessMessage) -> Bool {
    guard let descriptor else { return true }
    let bytes = Array((message.line + "\n").utf8)
    // Under PIPE_BUF (4,096 bytes) in an empty pipe a write is whole.
    return bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, min($0.count, 4_096)) } > 0
  }

  func close() {
    if let descriptor { _ = Glibc.close(descriptor) }
  }
}
