// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking

/// One connection of a ``ScriptedHTTPServer``: reads a request, plays the response, again and again. On a thread of
/// its own.
struct ScriptedConnection {
  let server: ScriptedHTTPServer
  let socket: Int32
  let number: Int

  func serve() {
    var unread: [UInt8] = []
    var ordinal = 0
    while let end = readHead(into: &unread) {
      ordinal += 1
      guard var request = parse(Array(unread[..<end]), ordinal: ordinal) else { return }
      unread.removeFirst(end)
      let wanted: Int
      switch server.bodyReading(request) {
      case .whole: wanted = request.contentLength
      case .first(let count): wanted = min(count, request.contentLength)
      }
      while unread.count < wanted { if !readMore(into: &unread) { return } }
      request.body = Array(unread.prefix(wanted))
      unread.removeFirst(wanted)
      server.state.withLock { $0.requests.append(request) }
      for step in server.script(request).steps { if !play(step) { return } }
      if wanted < request.contentLength { return }
    }
  }

  /// - Returns: false when the connection is over.
  private func play(_ step: ScriptedResponse.Step) -> Bool {
    switch step {
    case .send(let bytes): return LoopbackSocket.send(bytes, to: socket)
    case .pause(let seconds):
      return server.state.wait(timeout: seconds) { $0.isStopped ? true : nil } == nil
    case .stall:
      // POLLRDHUP of Linux's poll(2), which needs _GNU_SOURCE: the peer has closed its side.
      var entry = pollfd(fd: socket, events: 0x2000, revents: 0)
      while poll(&entry, 1, -1) < 0 && errno == EINTR {}
      return false
    case .close: return false
    case .reset:
      // close(2) with a linger time of zero sends RST.
      var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
      return false
    }
  }

  /// Reads until the empty line is there.
  ///
  /// - Returns: where the body begins; nil when the client is gone.
  private func readHead(into unread: inout [UInt8]) -> Int? {
    let emptyLine = Array("\r\n\r\n".utf8)
    while true {
      if unread.count >= 4,
        let start = (0...(unread.count - 4)).first(where: { unread[$0..<($0 + 4)].elementsEqual(emptyLine) })
      {
        return start + 4
      }
      if !readMore(into: &unread) { return nil }
    }
  }

  private func readMore(into unread: inout [UInt8]) -> Bool {
    let more = LoopbackSocket.receive(from: socket, atMost: 256 << 10)
    unread += more
    return !more.isEmpty
  }

  private func parse(_ head: [UInt8], ordinal: Int) -> ScriptedRequest? {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return nil }
    var headers = HTTPHeaders()
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers.append(String(line[..<colon]), String(value))
    }
    return ScriptedRequest(
      method: String(words[0]), target: String(words[1]), headers: headers, connection: number, ordinal: ordinal)
  }
}
