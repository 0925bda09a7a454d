// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Puts the body of a response where the request wants it.
struct ResponseSink {
  enum Outcome: Equatable {
    case accepted
    /// An answer that is no success has shown enough; the rest is not worth the wait.
    case enough
    case tooLarge
    case notWritten(errno: Int32)
    case refused
  }

  /// How much of a body that is no success is kept, in bytes.
  static let errorBodyLimit = 1 << 20

  /// How much memory an announced length alone can claim, in bytes.
  private static let reservation: Int64 = 16 << 20

  private let destination: ResponseDestination
  private(set) var body: [UInt8] = []
  /// Bytes that arrived, wherever they went.
  private(set) var received: Int64 = 0

  init(_ destination: ResponseDestination) { self.destination = destination }

  /// Takes the next bytes of a response with that status, straight from the network buffer.
  mutating func take(_ bytes: UnsafeRawBufferPointer, status: Int, contentLength: Int64?) -> Outcome {
    let offset = received
    received += Int64(bytes.count)
    guard (200..<300).contains(status) else {
      let room = ResponseSink.errorBodyLimit - body.count
      body.append(contentsOf: bytes.prefix(room))
      return bytes.count <= room ? .accepted : .enough
    }
    switch destination {
    case .collect(let limit):
      guard received <= Int64(limit) else { return .tooLarge }
      if offset == 0, let contentLength {
        body.reserveCapacity(Int(min(max(contentLength, 0), Int64(limit), ResponseSink.reservation)))
      }
      body.append(contentsOf: bytes)
    case .memory(let region):
      guard received <= Int64(region.bytes.count) else { return .tooLarge }
      UnsafeMutableRawBufferPointer(rebasing: region.bytes[Int(offset)...]).copyMemory(from: bytes)
    case .file(let region):
      guard received <= region.length else { return .tooLarge }
      return ResponseSink.write(bytes, to: region, at: offset)
    case .receiver(let receiver):
      guard received <= receiver.limit else { return .tooLarge }
      if !receiver.receive(bytes, at: offset) { return .refused }
    }
    return .accepted
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to region: FileRegion, at offset: Int64) -> Outcome {
    var done = 0
    while done < bytes.count {
      let count = pwrite(
        region.file.rawValue, bytes.baseAddress! + done, bytes.count - done, off_t(region.offset + offset) + done)
      if count > 0 {
        done += count
      } else if count == 0 {
        return .notWritten(errno: EIO)
      } else if errno != EINTR {
        return .notWritten(errno: errno)
      }
    }
    return .accepted
  }
}
