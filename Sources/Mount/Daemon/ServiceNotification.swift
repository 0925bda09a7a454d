// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport

/// Tells systemd how the service is doing (sd_notify(3)); does nothing when nobody listens.
package struct ServiceNotification: Sendable {
  private let path: String?

  package init(environment: HostEnvironment) {
    let path = environment.variables["NOTIFY_SOCKET"] ?? ""
    self.path = path.hasPrefix("/") || path.hasPrefix("@") ? path : nil
  }

  /// - Parameter message: lines like "READY=1".
  package func send(_ message: String) {
    guard let path else { return }
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { return }
    let socket = FileDescriptor(owning: number)
    let bytes = Array(message.utf8)
    _ = UnixSocket.withAddress(path) { address, length in
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
      return Int32(sendto(socket.rawValue, bytes, bytes.count, flags, address, length))
    }
  }
}
