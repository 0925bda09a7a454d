// SPDX-License-Identifier: Apache-2.0

package import Glibc
package import HTTPTransport

/// Stream sockets in the file system (unix(7)).
package enum UnixSocket {
  /// The longest path a socket address takes, in bytes without the final NUL.
  static let maximumPath = 107

  /// Listens at `path`, mode 0600; the name must be free. Throws an errno.
  package static func listen(at path: String) throws(MountFailure) -> FileDescriptor {
    let socket = try open()
    guard withAddress(path, { bind(socket.rawValue, $0, $1) }) == 0, chmod(path, 0o600) == 0,
      Glibc.listen(socket.rawValue, 16) == 0
    else { throw .init("control socket \(path): \(String(cString: strerror(errno)))") }
    return socket
  }

  /// Connects, or returns nil when nobody listens there.
  package static func connect(to path: String) throws(MountFailure) -> FileDescriptor? {
    let socket = try open()
    if withAddress(path, { Glibc.connect(socket.rawValue, $0, $1) }) == 0 { return socket }
    if errno == ENOENT || errno == ECONNREFUSED { return nil }
    throw .init("control socket \(path): \(String(cString: strerror(errno)))")
  }

  /// The next connection, nil when the listener was shut down.
  static func accept(_ listener: FileDescriptor) -> FileDescriptor? {
    while true {
      let socket = Glibc.accept(listener.rawValue, nil, nil)
      if socket >= 0 {
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        return FileDescriptor(owning: socket)
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOMEM, ENOBUFS:
        // Descriptors come back when others are done; a waiting client is not worth a busy loop.
        usleep(100_000)
      default: return nil
      }
    }
  }

  /// Ends ``accept(_:)`` of another thread.
  static func shutDown(_ socket: FileDescriptor) { _ = shutdown(socket.rawValue, Int32(SHUT_RDWR)) }

  /// Seconds that a receive and a send may take; nil leaves it unlimited.
  static func setTimeouts(_ socket: FileDescriptor, receive: Int?, send: Int?) {
    for (option, seconds) in [(SO_RCVTIMEO, receive), (SO_SNDTIMEO, send)] {
      var value = timeval(tv_sec: seconds ?? 0, tv_usec: 0)
      setsockopt(socket.rawValue, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  /// Process and user of the other end, as the kernel noted them at connect(2) (SO_PEERCRED).
  static func peer(of socket: FileDescriptor) -> (pid: Int32, uid: UInt32)? {
    // `struct ucred` of <sys/socket.h> is only declared for _GNU_SOURCE: pid, uid, gid.
    var credentials: (pid: Int32, uid: UInt32, gid: UInt32) = (0, 0, 0)
    var length = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(socket.rawValue, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return nil }
    return (credentials.pid, credentials.uid)
  }

  private static func open() throws(MountFailure) -> FileDescriptor {
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .init("no socket: \(String(cString: strerror(errno)))") }
    return FileDescriptor(owning: socket)
  }

  /// Calls `body` with the address of `path`; sets ENAMETOOLONG and returns -1 when it is too long.
  package static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var bytes = Array(path.utf8)
    guard bytes.count <= maximumPath, !bytes.isEmpty else {
      errno = ENAMETOOLONG
      return -1
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // An abstract name begins with NUL, written as @ (systemd's NOTIFY_SOCKET).
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let isAbstract = bytes[0] == 0
    let length = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
    }
  }
}
